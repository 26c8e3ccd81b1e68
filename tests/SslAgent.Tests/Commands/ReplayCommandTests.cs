using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Commands;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Tests.Commands;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("journal-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Stats_are_those_of_the_ledger_that_wrote_the_journal_and_may_be_asked_for_while_it_is_open()
    {
        using ReplayLedger ledger = OpenLedger();
        Fill(ledger, 200);
        ledger.Sync();

        JsonElement stats = JsonDocument.Parse(await RunAsync(ExitCode.Ok, "replay", "stats", "-o", "json")).RootElement;
        string page = await RunAsync(ExitCode.Ok, "replay", "stats");

        ReplayStats expected = ledger.Stats();
        Assert.Equal(expected.TrainableAdmitted, stats.GetProperty("trainableAdmitted").GetInt64());
        Assert.Equal(expected.SentinelsAdmitted, stats.GetProperty("sentinelsAdmitted").GetInt64());
        Assert.Equal(expected.Buffered.Texts, stats.GetProperty("buffered").GetProperty("texts").GetInt32());
        Assert.Equal(expected.JournalPosition, stats.GetProperty("journalPosition").GetInt64());
        Assert.Equal(1, stats.GetProperty("skipped").GetProperty("tombstone").GetInt64());
        Assert.Equal(expected.Rejected, stats.GetProperty("rejected").GetInt64());
        Assert.Contains("1 deletion markers", page);
    }

    [Fact]
    public async Task Stats_fold_decisions_and_samples_in_the_order_of_their_numbers()
    {
        long sinceCycle;
        using (ReplayLedger ledger = OpenLedger())
        {
            Fill(ledger, 100);
            ledger.StartCycle(new JournalRecord.CycleStarted(new CycleNumber(1), "{}", "test", "test"));
            Fill(ledger, 50, 102);
            ledger.Sync();
            sinceCycle = ledger.TrainableSinceCycle;
        }

        JsonElement stats = JsonDocument.Parse(await RunAsync(ExitCode.Ok, "replay", "stats", "-o", "json")).RootElement;

        Assert.InRange(sinceCycle, 1, 50);
        Assert.Equal(sinceCycle, stats.GetProperty("trainableSinceCycle").GetInt64());
    }

    [Fact]
    public async Task Verify_names_the_damaged_bytes_and_takes_a_torn_tail_for_what_it_is()
    {
        using (ReplayLedger ledger = OpenLedger())
        {
            Fill(ledger, 50);
            ledger.Sync();
            Fill(ledger, 50, 52);
            ledger.Sync();
        }

        string path = Directory.GetFiles(Path.Combine(_root, "journal"), "samples-*.seg").Single();
        byte[] whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        Assert.Contains("all sound", await RunAsync(ExitCode.Ok, "replay", "verify"));

        await File.WriteAllBytesAsync(path, whole.AsMemory(0, whole.Length - 3), TestContext.Current.CancellationToken);
        Assert.Contains("torn by a crash", await RunAsync(ExitCode.Ok, "replay", "verify"));

        byte[] bent = [.. whole];
        bent[whole.Length / 4] ^= 0x10;
        await File.WriteAllBytesAsync(path, bent, TestContext.Current.CancellationToken);
        JsonElement report = JsonDocument.Parse(await RunAsync(ExitCode.Failed, "replay", "verify", "-o", "json")).RootElement;
        JsonElement range = Assert.Single(report.GetProperty("damaged").EnumerateArray());
        Assert.Equal(path, range.GetProperty("path").GetString());
        Assert.InRange(whole.Length / 4, range.GetProperty("from").GetInt64(), range.GetProperty("to").GetInt64() - 1);
        Assert.Equal(whole.Length, new FileInfo(path).Length);
    }

    [Fact]
    public async Task Rejected_messages_are_told_with_place_source_and_reason_and_counted_by_reason()
    {
        using ReplayLedger ledger = OpenLedger();
        Fill(ledger, 10);
        for (long offset = 100; offset < 103; offset++)
            Refuse(ledger, "frames", offset, [0xFF, 0xD8, 0x00, 0x01], new Rejection("limits", $"the picture is {offset} x 9000 pixels, the limit is 8192 a side"));
        Refuse(ledger, "events", 5, Encoding.UTF8.GetBytes("{\"host\": 1}"), new Rejection("envelope", "the JSON object has none of the text fields 'message'"));
        ledger.Sync();

        string page = await RunAsync(ExitCode.Ok, "replay", "rejected");
        JsonElement all = JsonDocument.Parse(await RunAsync(ExitCode.Ok, "replay", "rejected", "-n", "2", "-o", "json")).RootElement;
        JsonElement frames = JsonDocument.Parse(await RunAsync(ExitCode.Ok, "replay", "rejected", "--topic", "frames", "-o", "json")).RootElement;
        JsonElement nobody = JsonDocument.Parse(await RunAsync(ExitCode.Ok, "replay", "rejected", "--source", "nobody", "-o", "json")).RootElement;

        Assert.Equal(5, all.GetProperty("rejected").GetInt64());
        Assert.Equal(
            [("limits", "the picture is … x … pixels, the limit is … a side", 3L), ("decode", "no", 1), ("envelope", "the JSON object has none of the text fields …", 1)],
            all.GetProperty("reasons").EnumerateArray().Select(reason => (reason.GetProperty("stage").GetString(), reason.GetProperty("reason").GetString(), reason.GetProperty("count").GetInt64())));
        JsonElement[] last = [.. all.GetProperty("messages").EnumerateArray()];
        Assert.Equal([("frames", 102L), ("events", 5)], last.Select(one => (one.GetProperty("topic").GetString(), one.GetProperty("offset").GetInt64())));
        Assert.Equal(("camera-4", "0xffd80001", 4L), (last[0].GetProperty("source").GetString(), last[0].GetProperty("value").GetString(), last[0].GetProperty("bytes").GetInt64()));
        Assert.Equal("\"{\"host\": 1}\"", last[1].GetProperty("value").GetString());
        Assert.Equal("the picture is 102 x 9000 pixels, the limit is 8192 a side", last[0].GetProperty("reason").GetString());
        Assert.Equal((3, 3), (frames.GetProperty("rejected").GetInt32(), frames.GetProperty("messages").GetArrayLength()));
        Assert.Equal((0, 0), (nobody.GetProperty("rejected").GetInt32(), nobody.GetProperty("reasons").GetArrayLength()));
        Assert.Contains("frames/0 offset 102, 1970-01-01 00:00:01, camera-4", page);
        Assert.Contains("limits: the picture is 102 x 9000 pixels", page);
        Assert.Contains("5 rejected that the journal still has", page);
    }

    [Fact]
    public async Task Where_there_is_no_journal_it_says_so()
    {
        (int code, _, string error) = await Sslagent.RunAsync("replay", "verify", "--state", _root);

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains($"no journal in {_root}", error);
    }

    private async Task<string> RunAsync(int expected, params string[] args)
    {
        (int code, string output, string error) = await Sslagent.RunAsync([.. args, "--state", _root]);
        Assert.True(code == expected, $"exit code {code}: {output}{error}");
        return output;
    }

    private ReplayLedger OpenLedger() => ReplayLedger.Open(
        new ReplayPlace(LocalDisk.Instance, Path.Combine(_root, "journal"), 1, TimeProvider.System), new ReplayOptions(), null, NullLogger.Instance);

    private static void Refuse(ReplayLedger ledger, string topic, long offset, byte[] value, Rejection rejection) => ledger.Admit(new Intake.Refused(
        new Delivery(new SourceOffset(topic, 0, 0, offset), 1_000, null, value, [new MessageHeader("source", Encoding.UTF8.GetBytes("camera-4"))]), rejection));

    private static void Fill(ReplayLedger ledger, int texts, long from = 0)
    {
        for (long offset = from; offset < from + texts; offset++)
        {
            SourceOffset at = new("logs", 0, 0, offset);
            ledger.Admit(new Intake.Accepted(new Sample(at, "host", offset, null, null, null, new Text(Encoding.UTF8.GetBytes($"line {offset} of a log")))));
        }

        SourceOffset last = new("logs", 0, 0, from + texts), tombstone = last with { Offset = from + texts + 1 };
        ledger.Admit(new Intake.Refused(new Delivery(last, 0, null, [1, 2], []), new Rejection("decode", "no")));
        if (from == 0) ledger.Admit(new Intake.PassedOver(tombstone, "host", SkipReason.Tombstone));
    }
}
