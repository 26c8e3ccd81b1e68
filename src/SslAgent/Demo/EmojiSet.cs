using System.IO.Compression;
using SslAgent.Domain;

namespace SslAgent.Demo;

/// <summary>Reads the shipped emoji (assets/emoji/README.md has the layout).</summary>
internal static class EmojiSet
{
    public const int Side = 64, FrameBytes = Side * Side * Frame.Channels;

    private const int Columns = 7, GroupColumn = 2, NameColumn = 4, KeywordsColumn = 5, SplitColumn = 6;

    /// <summary>All pairs in the list's order. Throws <see cref="InvalidDataException"/> where pictures and rows do not match.</summary>
    public static IReadOnlyList<EmojiPair> Load(string folder)
    {
        using GZipStream pictures = new(File.OpenRead(Path.Combine(folder, "pictures.rgb.gz")), CompressionMode.Decompress);
        List<EmojiPair> pairs = [];
        foreach (string row in File.ReadLines(Path.Combine(folder, "emoji.tsv")).Skip(1))
        {
            string[] cells = row.Split('\t');
            if (cells.Length != Columns) throw new InvalidDataException($"{folder}/emoji.tsv: row {pairs.Count + 2} has {cells.Length} columns, not {Columns}");
            byte[] rgb = new byte[FrameBytes];
            pictures.ReadExactly(rgb);
            string[] keywords = cells[KeywordsColumn].Split('|', StringSplitOptions.RemoveEmptyEntries);
            pairs.Add(new EmojiPair(
                pairs.Count, cells[GroupColumn], cells[NameColumn], keywords, cells[SplitColumn] == "test", new Frame(Side, Side, rgb)));
        }

        return pictures.ReadByte() < 0 ? pairs : throw new InvalidDataException($"{folder}: more pictures than rows");
    }
}
