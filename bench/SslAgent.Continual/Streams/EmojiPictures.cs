using System.IO.Compression;
using System.Text;
using SslAgent.Domain;

namespace SslAgent.Continual.Streams;

/// <summary>The shipped emoji (assets/emoji/README.md has the layout): the training split is streamed, the test split asked about.</summary>
internal static class EmojiPictures
{
    private const int Side = 64, GroupColumn = 2, NameColumn = 4, SplitColumn = 6;

    private sealed record Emoji(string Group, Text Name, bool IsTest, Frame Frame);

    public static StreamData Frames(DataFolders folders) => Of(Load(folders.Emoji), emoji => new StreamItem(emoji.Group, 0, emoji.Frame, null));

    /// <summary>Picture and name in one message.</summary>
    public static StreamData Pairs(DataFolders folders)
    {
        List<Emoji> all = Load(folders.Emoji);
        Emoji[] test = [.. all.Where(emoji => emoji.IsTest)];
        return Of(all, emoji => new StreamItem(emoji.Group, 0, emoji.Frame, emoji.Name)) with
        {
            Pairs = new PairExam([.. test.Select(emoji => emoji.Frame)], [.. test.Select(emoji => emoji.Name)]),
        };
    }

    private static StreamData Of(List<Emoji> all, Func<Emoji, StreamItem> item)
    {
        ILookup<bool, Emoji> split = all.ToLookup(emoji => emoji.IsTest);
        // Groups come in the list's order, which is the stream's; times are a second apart.
        StreamItem[] items = [.. split[false].Select((emoji, place) => item(emoji) with { TimeMs = place * 1000L })];
        return new StreamData(items, [new LabelTask("group", EmbeddingSpace.Frames, Labels(split[false]), Labels(split[true]))]);

        Labelled[] Labels(IEnumerable<Emoji> some) => [.. some.Select(emoji => new Labelled(emoji.Frame, null, emoji.Group))];
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
                cells[GroupColumn], new Text(Encoding.UTF8.GetBytes(cells[NameColumn])), cells[SplitColumn] == "test",
                new Frame(Side, Side, rgb)));
        }

        return emoji;
    }
}
