using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Texts;

namespace SslAgent.Continual.Streams;

/// <summary>Log lines as streams, one system after the other. One distinct line in six is kept out of the stream, to ask about.</summary>
internal static class LogLines
{
    private const uint HeldOutOneIn = 6;
    private const int TrainMax = 3000, TestMax = 1500, NormalMax = 600;

    private sealed record Line(string System, Text Text, string Label, bool IsAnomaly);

    /// <summary>The shipped logs. Their only labels are the programs' names.</summary>
    public static StreamData Shipped(DataFolders folders)
    {
        Line[] lines =
        [
            .. from file in Directory.GetFiles(folders.Logs, "*.log").Order(StringComparer.Ordinal)
               let program = Path.GetFileNameWithoutExtension(file)
               from line in Clean(File.ReadLines(file))
               select new Line(program, line.Text, program, false),
        ];
        return Of(lines, "program");
    }

    /// <summary>loghub's twelve systems, with the template of each line, and BGL's alerts.</summary>
    public static StreamData LogHub(DataFolders folders)
    {
        Line[] lines =
        [
            .. from folder in Directory.GetDirectories(folders.Set("loghub")).Order(StringComparer.Ordinal)
               from line in ReadSystem(folder)
               select line,
        ];
        Line[] bgl = [.. lines.Where(line => line.System == "BGL")];
        Line[] asked = [.. bgl.Where(line => line.IsAnomaly || IsHeldOut(line))];
        var exam = new AnomalyExam(
            "BGL", Thin.Evenly([.. bgl.Where(line => !line.IsAnomaly && !IsHeldOut(line)).Select(line => line.Text)], NormalMax),
            [.. asked.Select(line => line.Text)], [.. asked.Select(line => line.IsAnomaly)]);
        return Of(lines, "template") with { Anomalies = exam };
    }

    private static StreamData Of(Line[] lines, string task)
    {
        ILookup<bool, Line> split = lines.ToLookup(IsHeldOut);
        return new StreamData(
            [.. split[false].Select((line, place) => new StreamItem(line.System, place * 1000L, null, line.Text))],
            [new LabelTask(task, EmbeddingSpace.Text, Thin.Evenly(Labels(split[false]), TrainMax), Thin.Evenly(Labels(split[true]), TestMax))]);

        static Labelled[] Labels(IEnumerable<Line> some) => [.. some.Select(line => new Labelled(null, line.Text, line.Label))];
    }

    private static IEnumerable<Line> ReadSystem(string folder)
    {
        string system = Path.GetFileName(folder);
        bool hasLabels = system == "BGL";
        string[][] table = [.. Csv.Read(File.ReadAllText(Path.Combine(folder, $"{system}_2k.log_structured.csv")))];
        int template = Array.IndexOf(table[0], "EventId"), label = Array.IndexOf(table[0], "Label");
        // The first word of a BGL line is its label: nothing may learn from that.
        IEnumerable<string> raw = File.ReadLines(Path.Combine(folder, $"{system}_2k.log")).Select(line => hasLabels ? line[(line.IndexOf(' ') + 1)..] : line);
        foreach ((Text text, int row) in Clean(raw))
            yield return new Line(system, text, $"{system}/{table[row + 1][template]}", hasLabels && table[row + 1][label] != "-");
    }

    private static bool IsHeldOut(Line line) => Thin.IsHeldOut(line.Text.Utf8, HeldOutOneIn);

    /// <summary>Lines as ingest would keep them, each with its row.</summary>
    private static IEnumerable<(Text Text, int Row)> Clean(IEnumerable<string> lines)
    {
        var codec = new TextCodec(new TextOptions());
        return lines.Select((line, row) => (codec.Decode(Encoding.UTF8.GetBytes(line)).Text, row)).Where(line => line.Text is not null)
            .Select(line => (Check.NotNull(line.Text, "only lines with text are left"), line.row));
    }
}
