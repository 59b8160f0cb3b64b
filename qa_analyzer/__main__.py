"""`python -m qa_analyzer` is the command `qa-analyzer`."""

from qa_analyzer.cli import main

if __name__ == "__main__":
    main()
