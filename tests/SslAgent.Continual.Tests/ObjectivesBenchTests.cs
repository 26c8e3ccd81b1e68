using System.Globalization;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Objectives;

namespace SslAgent.Continual.Tests;

/// <summary>The benchmark of objectives with hardly any steps: every kind of method on every ground, its page, and that nothing is done twice.</summary>
public sealed class ObjectivesBenchTests : IDisposable
{
    private const int Pictures = 80, Pixels = 32 * 32;

    private static readonly string[] OnPictures = [Method.Raw, Method.Untrained, "mae", "simsiam", Method.Supervised, "mae (PyTorch)"];

    private static readonly string[] Others = ["logs/raw", "logs/untrained", "logs/simcse", "emoji/untrained", "emoji/siglip", "film/untrained", "film/cpc"];

    private readonly string _folder = Directory.CreateTempSubdirectory("objectives-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_kind_of_method_is_measured_at_both_budgets_and_told_in_both_tables()
    {
        WriteCifar("data_batch_1.bin", part: 0);
        WriteCifar("test_batch.bin", part: 1);
        Bench bench = Open();
        foreach (string name in OnPictures)
        {
            Method method = Assert.Single(Method.Find($"pictures/{name}"));
            Assert.False(bench.IsDone(method), name);
            MethodRecord record = bench.RunHere(method, isAlone: false);
            Assert.True(bench.IsDone(method), name);
            Assert.Equal((Pictures, Pictures), (record.Train, record.Test));
            Assert.All(record.Marks, mark => Assert.InRange(Mark.Share(mark.Linear), 0.2, 1));
            if (method.IsUntrained) continue;
            Assert.Equal(192, record.At("samples")?.Samples);
            Assert.True(name.EndsWith(Peer.Suffix, StringComparison.Ordinal) || record.At("seconds")?.Seconds >= 0.01);
        }

        File.WriteAllText(Path.Combine(_folder, "remarks.tsv"), "pictures/simsiam\tit says so");
        string page = File.ReadAllText(bench.Report(_folder));
        foreach (string title in (string[])["### After equal samples", "### After equal seconds"])
        {
            string[] rows = RowsOf(page, title);
            string[] told = [.. OnPictures.Where(name => title.Contains("samples", StringComparison.Ordinal) || !name.EndsWith(Peer.Suffix, StringComparison.Ordinal))];
            Assert.Equal(told, rows.Select(row => row.Split('|')[1].Trim()));
            Assert.All(rows, row => Assert.EndsWith("%", row.Split('|')[2].Trim(), StringComparison.Ordinal));
        }

        Assert.True(double.TryParse(page.Split("| supervised |")[1].Split('%')[0], CultureInfo.InvariantCulture, out _), page);
        Assert.Equal(["mae"], RowsOf(page, "### Beside the same method in PyTorch").Select(row => row.Split('|')[1].Trim()));
        Assert.Contains("* `simsiam`: it says so", page, StringComparison.Ordinal);
        Assert.Contains("film/tcn", page.Split("Not done: ")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Logs_pairs_and_film_have_tables_of_their_own()
    {
        Bench bench = Open();
        Method[] there = [.. Others.SelectMany(Method.Find).Where(bench.HasDataOf)];
        Assert.Contains(there, method => method.Ground.Name == "emoji");
        foreach (Method method in there)
        {
            MethodRecord record = bench.RunHere(method, isAlone: false);
            Assert.All(record.Marks, mark => Assert.InRange(Mark.Share(mark.Linear), 0.05, 1));
            if (method.IsUntrained) continue;
            Mark last = Assert.IsType<Mark>(record.At("seconds"));
            Assert.True(last is { HeldOut: > 0, Trivial: > 0, EffectiveRank: > 1 }, method.Id);
            if (method.Ground.Name == "emoji") Assert.InRange(Assert.IsType<RecallMarks>(last.Retrieval).FrameToText10, 0, 1);
        }

        string page = File.ReadAllText(bench.Report(_folder));
        foreach (IGrouping<string, Method> ground in there.GroupBy(method => method.Ground.Name))
        {
            string section = page[page.IndexOf($"## {char.ToUpperInvariant(ground.Key[0])}{ground.Key[1..]}", StringComparison.Ordinal)..];
            Assert.Equal(ground.Select(method => method.Name), RowsOf(section, "### After equal samples").Select(row => row.Split('|')[1].Trim()));
        }

        Assert.Contains("| siglip |", page.Split("### Frames and texts that find each other")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_quick_bench_measures_every_objective_that_has_data_here_and_a_second_call_repeats_none()
    {
        WriteCifar("data_batch_1.bin", part: 0);
        WriteCifar("test_batch.bin", part: 1);
        string page = Quick();
        Bench bench = Open();
        Method[] there = [.. Quickly.Where(bench.HasDataOf)];
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Equal(Method.All.Except(there).Select(method => method.Id), page.Contains("Not done: ", StringComparison.Ordinal) ? page.Split("Not done: ")[1].Split('\n')[0].Split(", ") : []);
        foreach (IGrouping<Ground, Method> ground in there.GroupBy(method => method.Ground))
        {
            string section = page[page.IndexOf($"## {char.ToUpperInvariant(ground.Key.Name[0])}{ground.Key.Name[1..]}", StringComparison.Ordinal)..];
            Assert.Equal(ground.Select(method => method.Name), RowsOf(section, "### After equal samples").Select(row => row.Split('|')[1].Trim()));
        }

        Dictionary<string, DateTime> written = Written();
        Assert.Equal(there.Length, written.Count);
        Quick();
        Assert.Equal(written, Written());
    }

    [Fact]
    public void A_method_stands_beside_its_peer_with_each_seed_that_both_have()
    {
        MethodRecord Record(string method, string answers) => new(method, "", "test", 4, 4, null, [new Mark("samples", 64, 2, answers, answers, null, null, null, null)]);
        MethodRecord[] records =
        [
            Record("pictures/mae", "1110"), Record("pictures/mae (PyTorch)", "1010"), Record("pictures/mae/seed+1", "1111"), Record("pictures/mae (PyTorch)/seed+1", "1011"), Record("pictures/mae/seed+2", "0000"),
        ];
        string page = File.ReadAllText(new ResultsPage(records, "some", Budget.Quick, new Beginning(1, 0.001), DateTimeOffset.UnixEpoch).Write(_folder));
        string[] cells = [.. Assert.Single(RowsOf(page, "### Beside the same method in PyTorch")).Split('|').Select(cell => cell.Trim())];
        Assert.Equal(["mae", "2", "75.0 %, 100.0 %", "50.0 %, 75.0 %", "+25.0 (0.0 … +75.0)", "32", "32"], cells[1..^1]);
        Assert.Equal(["mae", "mae (PyTorch)"], RowsOf(page, "### After equal samples").Select(row => row.Split('|')[1].Trim()));
    }

    [Fact]
    public void Every_objective_is_a_method_of_exactly_one_ground() =>
        Assert.All(ObjectiveCatalog.All, objective => Assert.Single(Method.Rows, method => method.Name == objective.Name));

    private Bench Open() => new(
        new DataPlace(_folder, Places.Data(new Arguments())), new Budget(192, 0.01, 2 * Pictures, 2 * Pictures), Path.Combine(_folder, "runs"), Path.Combine(Places.Repository, "bench", "peer_objectives.py"), new Beginning(1, 0.001), "test",
        TimeProvider.System);

    /// <summary>A peer takes as long to begin as five objectives for all they do here, and another test asks one.</summary>
    private static IEnumerable<Method> Quickly => Method.Rows.Where(method => !method.Name.EndsWith(Peer.Suffix, StringComparison.Ordinal));

    private string Quick()
    {
        string runs = Path.Combine(_folder, "quick");
        Assert.Equal(0, SslAgent.Objectives.Program.Main(["--quick", "--samples", "64", "--seconds", "0.01", "--data", _folder, "--out", _folder, "--runs", runs, "--only", .. Quickly.Select(method => method.Id)]));
        return File.ReadAllText(Path.Combine(_folder, "RESULTS.md"));
    }

    private Dictionary<string, DateTime> Written() => Directory.GetFiles(Path.Combine(_folder, "quick")).ToDictionary(file => file, File.GetLastWriteTimeUtc);

    private static string[] RowsOf(string page, string title) =>
    [
        .. page[page.IndexOf(title, StringComparison.Ordinal)..].Split('\n').SkipWhile(line => !line.StartsWith("| ", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).Skip(2),
    ];

    /// <summary>Two classes that the colour tells, with noise over it.</summary>
    private void WriteCifar(string name, int part)
    {
        var chance = new Philox(new DrawKey(3, 0, part, ChanceStream.Test));
        using FileStream file = File.Create(Path.Combine(_folder, name));
        for (int picture = 0; picture < Pictures; picture++)
        {
            int label = picture % 2;
            file.WriteByte((byte)label);
            for (int i = 0; i < 3 * Pixels; i++) file.WriteByte((byte)(60 + 80 * ((i / Pixels + label) % 2) + chance.NextInt(40)));
        }
    }
}
