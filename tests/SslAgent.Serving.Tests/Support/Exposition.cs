using System.Globalization;
using System.Text;

namespace SslAgent.Serving.Tests.Support;

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4, written from its description and not from the writer: every line is a comment, a HELP,
/// a
/// TYPE or a sample; a family's lines stand together after its TYPE; no sample comes twice; histograms add up.
/// </summary>
internal sealed class Exposition
{
    private readonly Dictionary<string, string> _types = [], _helps = [];
    private readonly Dictionary<string, double> _samples = [];
    private readonly HashSet<string> _closed = [];
    private string _family = "";

    private Exposition()
    {
    }

    public IReadOnlyDictionary<string, string> Types => _types;

    public IReadOnlyDictionary<string, string> Helps => _helps;

    /// <summary>Name with its labels sorted by name, values unescaped: <c>a{b=x,c=y}</c>.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public static Exposition Read(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Exposition read = new();
        foreach (string line in text[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal)) read.ReadHelp(line[7..]);
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal)) read.ReadType(line[7..]);
            else read.ReadSample(line);
        }

        read.CheckHistograms();
        return read;
    }

    private static string Unescape(string text, bool inLabel)
    {
        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            char next = text[++i];
            Assert.True(next is '\\' or 'n' || (inLabel && next == '"'), $"\\{next} is no escape in {text}");
            plain.Append(next == 'n' ? '\n' : next);
        }

        return plain.ToString();
    }

    private void ReadHelp(string rest)
    {
        string name = rest.Split(' ', 2)[0];
        Open(name);
        Assert.True(_helps.TryAdd(name, Unescape(rest.Split(' ', 2)[1], inLabel: false)), $"two HELP for {name}");
    }

    private void ReadType(string rest)
    {
        string[] parts = rest.Split(' ');
        Assert.Equal(2, parts.Length);
        Open(parts[0]);
        Assert.Contains(parts[1], (string[])["counter", "gauge", "histogram", "summary", "untyped"]);
        Assert.True(_types.TryAdd(parts[0], parts[1]), $"two TYPE for {parts[0]}");
    }

    private void Open(string family)
    {
        if (family == _family) return;
        Assert.True(_closed.Add(_family = family), $"the lines of {family} do not stand together");
    }

    private void ReadSample(string line)
    {
        Assert.Matches("""^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*"(,|(?=\})))*\})? (NaN|[+-]Inf|-?[0-9].*)$""", line);
        int brace = line.IndexOf('{', StringComparison.Ordinal);
        string name = line[..(brace >= 0 ? brace : line.IndexOf(' ', StringComparison.Ordinal))];
        string labels = brace >= 0 ? line[(brace + 1)..line.LastIndexOf('}')] : "";
        string number = line[(line.LastIndexOf(' ') + 1)..];
        Assert.True(name == _family || IsPartOfHistogram(name), $"{name} stands under {_family}");
        Assert.True(_types.ContainsKey(_family), $"{name} has no TYPE");
        string key = $"{name}{{{string.Join(',', LabelsOf(labels).Select(label => $"{label.Name}={label.Value}"))}}}";
        Assert.True(_samples.TryAdd(key, NumberOf(number)), $"{key} comes twice");
    }

    private bool IsPartOfHistogram(string name) =>
        _types.GetValueOrDefault(_family) == "histogram" && (name == _family + "_bucket" || name == _family + "_sum" || name == _family + "_count");

    private static List<(string Name, string Value)> LabelsOf(string labels)
    {
        List<(string, string)> found = [];
        while (labels.Length > 0)
        {
            int equals = labels.IndexOf("=\"", StringComparison.Ordinal), end = equals + 2;
            while (labels[end] != '"') end += labels[end] == '\\' ? 2 : 1;
            found.Add((labels[..equals], Unescape(labels[(equals + 2)..end], inLabel: true)));
            labels = labels[Math.Min(end + 2, labels.Length)..];
        }

        Assert.Equal(found.Count, found.Select(label => label.Item1).Distinct().Count());
        return [.. found.OrderBy(label => label.Item1, StringComparer.Ordinal)];
    }

    private static double NumberOf(string number) => number switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private void CheckHistograms()
    {
        foreach (string name in _types.Where(type => type.Value == "histogram").Select(type => type.Key))
        {
            foreach ((string key, double count) in _samples.Where(sample => sample.Key.StartsWith(name + "_count{", StringComparison.Ordinal)))
            {
                string[] labels = key[(name.Length + "_count{".Length)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries);
                (double Bound, double Count)[] buckets = [.. Buckets(name, labels).OrderBy(bucket => bucket.Bound)];
                Assert.True(double.IsPositiveInfinity(buckets[^1].Bound), $"{key} has no +Inf bucket");
                Assert.Equal(count, buckets[^1].Count);
                Assert.Equal(buckets.Select(bucket => bucket.Count).Order(), buckets.Select(bucket => bucket.Count));
                Assert.Contains(key.Replace("_count{", "_sum{", StringComparison.Ordinal), _samples.Keys);
            }
        }
    }

    private IEnumerable<(double Bound, double Count)> Buckets(string name, string[] labels)
    {
        foreach ((string key, double count) in _samples.Where(sample => sample.Key.StartsWith(name + "_bucket{", StringComparison.Ordinal)))
        {
            string[] all = key[(name.Length + "_bucket{".Length)..^1].Split(',');
            string bound = Assert.Single(all, label => label.StartsWith("le=", StringComparison.Ordinal));
            if (all.Where(label => label != bound).SequenceEqual(labels)) yield return (NumberOf(bound[3..]), count);
        }
    }
}
