"""Writes nfc.tsv: hexadecimal UTF-8 of a text, a tab, and of its normal form C as Python's unicodedata has it.

Every character with a canonical decomposition (Hangul: every 97th syllable), decomposed; and random sequences of marks.
Usage: python3 make_nfc.py > nfc.tsv
"""
import random
import sys
import unicodedata


def line(text: str) -> str:
    return f"{text.encode().hex()}\t{unicodedata.normalize('NFC', text).encode().hex()}"


def main() -> None:
    random.seed(20261121)
    points = [p for p in range(0x110000) if not 0xD800 <= p <= 0xDFFF]
    for point in points:
        decomposed = unicodedata.normalize("NFD", chr(point))
        if decomposed == chr(point) or (0xAC00 <= point <= 0xD7A3 and point % 97):
            continue
        print(line("x" + decomposed + "y"))
    marks = [chr(p) for p in points if unicodedata.combining(chr(p)) and p < 0x1000]
    bases = "aeiouAEIOUqzs\u0627\u0915\u0b95\u0bc6"
    for _ in range(500):
        print(line(random.choice(bases) + "".join(random.choices(marks, k=random.randint(1, 4))) + random.choice(bases)))


if __name__ == "__main__":
    sys.exit(main())
