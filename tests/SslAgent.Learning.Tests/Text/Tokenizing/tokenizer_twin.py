"""Encodes texts with a tokenizer.json, by the description in docs/formats/tokenizer.md and nothing else: the standard library only.

    python3 tokenizer_twin.py tokenizer.json < texts > numbers

Each line of the input is a JSON string, each line of the output the list of its token numbers, special tokens not included.
"""

import json
import re
import sys


def byte_alphabet():
    """The character that stands for each byte."""
    characters, moved = [], 0
    for code in range(256):
        if 0x21 <= code <= 0x7E or 0xA1 <= code <= 0xAC or 0xAE <= code <= 0xFF:
            characters.append(chr(code))
        else:
            characters.append(chr(256 + moved))
            moved += 1
    return characters


class Tokenizer:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        split, byte_level = content["pre_tokenizer"]["pretokenizers"]
        assert split["type"] == "Split" and byte_level["type"] == "ByteLevel"
        self.words = re.compile(split["pattern"]["Regex"])
        self.numbers = content["model"]["vocab"]
        self.ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(content["model"]["merges"])}
        self.characters = byte_alphabet()

    def encode(self, text):
        numbers = []
        for word in self.words.findall(text):
            parts = [self.characters[byte] for byte in word.encode("utf-8")]
            numbers.extend(self.numbers[part] for part in self.merge(parts))
        return numbers

    def merge(self, parts):
        while len(parts) > 1:
            pairs = list(zip(parts, parts[1:]))
            best = min(pairs, key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            at = pairs.index(best)
            parts[at:at + 2] = ["".join(best)]
        return parts


def main():
    tokenizer = Tokenizer(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(tokenizer.encode(json.loads(line))))


if __name__ == "__main__":
    main()
