using System.Globalization;
using SslAgent.Domain;
using SslAgent.Objectives;

namespace SslAgent.Continual.Tests;

/// <summary>The benchmark of objectives with hardly any steps, on pictures in CIFAR's layout: every kind of method, its page, and that nothing is done twice.</summary>
public sealed class ObjectivesBenchTests : IDisposable
{
    private const int Pictures = 80, Pixels = 32 * 32;

    private static readonly string[] Methods = [MethodRun.Pixels, MethodRun.Untrained, "mae", "simsiam", MethodRun.Supervised, "simclr (PyTorch)"];

    private readonly string _folder = Directory.CreateTempSubdirectory("objectives-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_kind_of_method_is_measured_at_both_budgets_and_told_in_both_tables()
    {
        WriteCifar("data_batch_1.bin", part: 0);
        WriteCifar("test_batch.bin", part: 1);
        var bench = new Bench(_folder, new Budget(192, 0.01, Pictures, Pictures), Path.Combine(_folder, "runs"), Path.Combine(Places.Repository, "bench", "peer_objectives.py"), "test", TimeProvider.System);
        foreach (string method in Methods)
        {
            Assert.False(bench.IsDone(method), method);
            MethodRecord record = bench.RunHere(method);
            Assert.True(bench.IsDone(method), method);
            Assert.Equal((Pictures, Pictures), (record.Train, record.Test));
            Assert.All(record.Marks, mark => Assert.InRange(mark.Linear, 0.2, 1));
            if (method is MethodRun.Pixels or MethodRun.Untrained) continue;
            Assert.Equal(192, record.At("samples")?.Samples);
            Assert.True(method.EndsWith(Peer.Suffix, StringComparison.Ordinal) || record.At("seconds")?.Seconds >= 0.01);
        }

        string page = File.ReadAllText(bench.Report(_folder));
        foreach (string title in (string[])["## After equal samples", "## After equal seconds"])
        {
            string[] rows = [.. page[page.IndexOf(title, StringComparison.Ordinal)..].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).TakeWhile(line => !line.StartsWith("| Method", StringComparison.Ordinal)).Take(Methods.Length)];
            string[] told = [.. Methods.Where(method => title.Contains("samples", StringComparison.Ordinal) || !method.EndsWith(Peer.Suffix, StringComparison.Ordinal))];
            Assert.Equal(told, rows.Select(row => row.Split('|')[1].Trim()));
            Assert.All(rows, row => Assert.EndsWith("%", row.Split('|')[2].Trim(), StringComparison.Ordinal));
        }

        Assert.True(double.TryParse(page.Split("| supervised |")[1].Split('%')[0], CultureInfo.InvariantCulture, out _), page);
    }

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
