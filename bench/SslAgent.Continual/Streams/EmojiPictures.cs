using System.IO.Compression;
using System.Text;
using SslAgent.Domain;

namespace SslAgent.Continual.Streams;

/// <summary>The shipped emoji (assets/emoji/README.md has the layout): the training split is streamed, the test split asked about.</summary>
internal static class EmojiPictures
{
    private const int Side = 64, GroupColumn = 2, SubgroupColumn = 3, NameColumn = 4, SplitColumn = 6;

    private sealed record Emoji(string Group, string Subgroup, Text Name, bool IsTest, Frame Frame);

    public static StreamData Frames(DataFolders folders) => Of(folders, emoji => new StreamItem(emoji.Group, 0, emoji.Frame, null), emoji => emoji.Group);

    /// <summary>Picture and name in one message.</summary>
    public static StreamData Pairs(DataFolders folders)
    {
        StreamData frames = Of(folders, emoji => new StreamItem(emoji.Group, 0, emoji.Frame, emoji.Name), emoji => emoji.Group);
        Emoji[] test = [.. Load(folders.Emoji).Where(emoji => emoji.IsTest)];
        return frames with { Pairs = new PairExam([.. test.Select(emoji => emoji.Frame)], [.. test.Select(emoji => emoji.Name)]) };
    }

    private static StreamData Of(DataFolders folders, Func<Emoji, StreamItem> item, Func<Emoji, string> label)
    {
        ILookup<bool, Emoji> split = Load(folders.Emoji).ToLookup(emoji => emoji.IsTest);
        // Groups come in the list's order, which is the stream's; times are a second apart.
        StreamItem[] items = [.. split[false].Select((emoji, place) => item(emoji) with { TimeMs = place * 1000L })];
        return new StreamData(items, [new LabelTask("group", EmbeddingSpace.Frames, Labels(split[false]), Labels(split[true]))]);

        Labelled[] Labels(IEnumerable<Emoji> some) => [.. some.Select(emoji => new Labelled(emoji.Frame, null, label(emoji)))];
    }

    private static List<Emoji> Load(string folder)
    {
        using GZipStream pictures = new(File.OpenRead(Path.Combine(folder, "pictures.rgb.gz")), CompressionMode.Decompress);
        var emoji = new List<Emoji>();
        foreach (string row in File.ReadLines(Path.Combine(folder, "emoji.tsv")).Skip(1))
        {
            string[] cells = row.Split('\t');
            var rgb = new byte[Side * Side * Frame.Channels];
            pictures.ReadExactly(rgb);
            emoji.Add(new Emoji(
                cells[GroupColumn], cells[SubgroupColumn], new Text(Encoding.UTF8.GetBytes(cells[NameColumn])), cells[SplitColumn] == "test",
                new Frame(Side, Side, rgb)));
        }

        return emoji;
    }
}
