"""The emotion of customer turns: features, the model, its training, and the course through a call."""
