using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Texts;

namespace SslAgent.Probing;

/// <summary>Labelled things to ask a model about: all frames, or all texts.</summary>
/// <param name="Classes">Names of the classes in order; labels are numbers into it.</param>
/// <param name="Refused">Items that could not be decoded or have no label.</param>
internal sealed record Labelled(string Name, IReadOnlyList<string> Classes, IReadOnlyList<EmbeddingInput> Inputs, IReadOnlyList<int> Labels, int Refused)
{
    /// <summary>One in so many is kept for the test where there is no test set.</summary>
    private const int TestOneIn = 5;

    public int Count => Inputs.Count;

    /// <summary>The frames; throws where they are texts.</summary>
    public IReadOnlyList<Frame> Frames => [.. Inputs.Select(input => Check.NotNull(input.Frame, "frames are asked for where there are frames"))];

    /// <summary>Pictures with labels. Those that cannot be decoded are left out and counted.</summary>
    public static Labelled OfPictures(IPictureSet set, FrameOptions options)
    {
        var codec = new VipsFrameCodec(options);
        var read = new List<(EmbeddingInput Input, string Label)>();
        int refused = 0;
        foreach (Picture picture in set.Read())
        {
            if (picture.Label is { } label && picture.Decode(codec).Frame is { } frame) read.Add((new EmbeddingInput(frame, null), label));
            else refused++;
        }

        return Of(set.Name, read, refused);
    }

    /// <summary>Lines of <c>label TAB text</c>.</summary>
    public static Labelled OfLines(string path, TextOptions options)
    {
        var codec = new TextCodec(options);
        var read = new List<(EmbeddingInput Input, string Label)>();
        int refused = 0;
        foreach (string line in File.ReadLines(path))
        {
            string[] parts = line.Split('\t', 2);
            if (parts.Length == 2 && codec.Decode(Encoding.UTF8.GetBytes(parts[1])).Text is { } text) read.Add((new EmbeddingInput(null, text), parts[0]));
            else refused++;
        }

        return Of(Path.GetFileName(path), read, refused);
    }

    /// <summary>Two parts by chance, of every class about a fifth in the second.</summary>
    public (Labelled Train, Labelled Test) Split(ulong seed)
    {
        var chance = new Philox(new DrawKey(seed, 0, 0, ChanceStream.Sampling));
        var test = new HashSet<int>();
        foreach (int[] members in Enumerable.Range(0, Count).GroupBy(row => Labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray()))
        {
            chance.Shuffle<int>(members);
            test.UnionWith(members.Take(members.Length / TestOneIn));
        }

        return (Take([.. Enumerable.Range(0, Count).Where(row => !test.Contains(row))]), Take([.. test.Order()]) with { Refused = 0 });
    }

    public Labelled Take(IReadOnlyList<int> rows) => this with { Inputs = [.. rows.Select(row => Inputs[row])], Labels = [.. rows.Select(row => Labels[row])] };

    /// <summary>The same items with labels that are numbers into another set's classes; items of classes that it lacks are left out and counted.</summary>
    public Labelled Under(Labelled other)
    {
        Dictionary<string, int> numbers = other.Classes.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        int[] known = [.. Enumerable.Range(0, Count).Where(row => numbers.ContainsKey(Classes[Labels[row]]))];
        return new Labelled(Name, other.Classes, [.. known.Select(row => Inputs[row])], [.. known.Select(row => numbers[Classes[Labels[row]]])], Refused + Count - known.Length);
    }

    private static Labelled Of(string name, List<(EmbeddingInput Input, string Label)> read, int refused)
    {
        string[] classes = [.. read.Select(one => one.Label).Distinct().Order(StringComparer.Ordinal)];
        return new Labelled(
            name, classes, [.. read.Select(one => one.Input)], [.. read.Select(one => Array.BinarySearch(classes, one.Label, StringComparer.Ordinal))], refused);
    }
}
