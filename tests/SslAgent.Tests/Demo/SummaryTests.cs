using System.Text.Json;
using Spectre.Console;
using SslAgent.Demo;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;

namespace SslAgent.Tests.Demo;

public sealed class SummaryTests
{
    private static readonly Frame Dot = new(8, 8, new byte[8 * 8 * 3]);

    [Fact]
    public void The_summary_tells_losses_recall_eras_versions_targets_and_what_to_type_next()
    {
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        InFolder(folder => new SummaryView(console).Show(folder, Result(recall: 0.25), [Manifest(1, null), Manifest(2, new ModelVersion(1))], Effect()));

        string told = output.ToString();
        foreach (string part in new[] { "0.536", "25.0 %", "emoji/flags", "12.0 %", "v2", "rollback to v1", "reached", "sslagent checkpoints list", "contact-sheet.png", "forgetting-matrix.png", "v1 to v2", "era 1" })
            Assert.Contains(part, told);
        Assert.DoesNotContain("not reached", told);
    }

    [Fact]
    public void A_target_that_was_missed_is_said_to_be_missed()
    {
        Assert.Contains(Result(recall: 0.1).Targets(), target => !target.Reached && target.Sentence.Contains("recall@10", StringComparison.Ordinal));
        Assert.Equal(2, Result(recall: 0.1).Targets().Count(target => target.Reached));
    }

    [Fact]
    public void Forgotten_is_the_rise_over_the_best_loss_and_never_negative()
    {
        Assert.Equal(0.5, new EraResult("a", "mae", First: 1.0, Best: 0.6, Last: 0.9, Count: 4).Forgotten, tolerance: 1e-9);
        Assert.Equal(0, new EraResult("a", "mae", First: 1.0, Best: 0.6, Last: 0.6, Count: 4).Forgotten);
    }

    [Fact]
    public void The_report_is_json_and_the_contact_sheet_a_picture()
    {
        InFolder(folder =>
        {
            VipsFrameCodec codec = new(new FrameOptions { StoredSize = 64 });
            DemoReport.Write(folder, Result(recall: 0.25), [Manifest(1, null)], Effect(), codec);

            using JsonDocument report = JsonDocument.Parse(File.ReadAllText(folder.Report));
            JsonElement root = report.RootElement;
            Assert.Equal("v2", root.GetProperty("examined").GetString());
            Assert.Equal(0.25, root.GetProperty("retrieval").GetProperty("recallAt10").GetDouble());
            Assert.Equal(2, root.GetProperty("objectives").GetArrayLength());
            Assert.Equal(0.12, root.GetProperty("eras")[0].GetProperty("forgotten").GetDouble(), tolerance: 1e-9);
            Assert.True(root.GetProperty("targetsReached").GetBoolean());
            Assert.NotNull(codec.Decode(File.ReadAllBytes(folder.ContactSheet)).Frame);
            Assert.NotNull(codec.Decode(File.ReadAllBytes(folder.Matrix)).Frame);
            JsonElement forgetting = root.GetProperty("forgetting")[0];
            Assert.Equal("mae", forgetting.GetProperty("objective").GetString());
            Assert.Equal(-0.25, forgetting.GetProperty("averageForgetting").GetDouble(), tolerance: 1e-9);
        });
    }

    private static void InFolder(Action<DemoFolder> with)
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("sslagent-summary-");
        try
        {
            with(DemoFolder.Make(root, TimeProvider.System));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static DemoResult Result(double recall) => new(
        new ModelVersion(2),
        [new ObjectiveResult("mae", 1.645, 0.536, 0.777), new ObjectiveResult("mlm", 8.34, 3.068, 5.245)],
        new RetrievalProbe(0.003, 0.027, 0.027, 374), new RetrievalProbe(0.04, recall, 0.027, 374),
        [new EraResult("emoji/flags", "mae", First: 0.7, Best: 0.5, Last: 0.56, Count: 18)],
        ForgettingMatrix.Of([Probed(1, new EraProbe(0, "mae", 0.7, 0.01, 0.8, 18, 5)), Probed(2, new EraProbe(0, "mae", 0.5, 0.01, 0.8, 18, 5), new EraProbe(1, "mae", 0.6, 0.01, 0.8, 9, 6))]),
        [new ReconstructedRow(Dot, Dot, Dot)]);

    private static VersionManifest Probed(int number, params EraProbe[] eras) => Manifest(number, null) with { Probe = new ProbeReport(eras, [], null) };

    private static RollbackEffect Effect() => new(new ModelVersion(2), new ModelVersion(1), new ModelVersion(3), [new ModelVersion(2)], 20, 10, 0, "v2 → v1: ten samples leave the buffer");

    private static VersionManifest Manifest(int number, ModelVersion? rolledBackTo)
    {
        using JsonDocument plan = JsonDocument.Parse("{}");
        return new VersionManifest(
            new ModelVersion(number), null, rolledBackTo, rolledBackTo is null ? VersionKind.Cycle : VersionKind.Rollback, "lineage",
            DateTimeOffset.UnixEpoch, new CycleNumber(number), 100, 0, [], Verdict.Promoted, ProbeReport.Empty, null, "raw", "", plan.RootElement.Clone(), "", true,
            rolledBackTo is null ? null : "the demo shows the way back", []);
    }
}
