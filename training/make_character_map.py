"""Write qa_analyzer/traditional.txt: pairs of characters, traditional then simplified, from OpenCC's t2s tables.

Run by hand when OpenCC brings new characters: `python training/make_character_map.py` (needs the package OpenCC).
Only one-to-one pairs inside the Basic Multilingual Plane are kept, so that offsets stay true.
"""

from pathlib import Path

import opencc

HOUSE = {"妳": "你", "祇": "只", "甚": "什"}
"""Pairs OpenCC leaves alone, but a phrase writer would not: 妳好, 祇要, 甚麼."""

if __name__ == "__main__":
    convert = opencc.OpenCC("t2s").convert
    pairs = {}
    for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00)):
        character = chr(code)
        simplified = convert(character)
        if len(simplified) == 1 and simplified != character and ord(simplified) < 0x10000:
            pairs[character] = simplified
    pairs |= HOUSE
    target = Path(__file__).parent.parent / "qa_analyzer" / "traditional.txt"
    target.write_text("\n".join(f"{a}{b}" for a, b in sorted(pairs.items())) + "\n", encoding="utf-8")
