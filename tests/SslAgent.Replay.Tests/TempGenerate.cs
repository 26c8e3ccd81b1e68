using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests;

public sealed class TempGenerate
{
    [Fact]
    public void Go()
    {
        var writer = new PayloadWriter();
        var lines = new List<string>();
        foreach (JournalRecord record in Some.EveryKind)
        {
            writer.Clear();
            lines.Add($"{(int)JournalCodec.Encode(record, writer)} {Convert.ToHexStringLower(writer.Written)}");
        }

        File.WriteAllLines("/tmp/replay/records-v1.txt", lines);
        var disk = new Storage.Tests.Support.SimulatedDisk();
        using (Journal journal = Journal.Open(disk, "/journal", new ReplayOptions(), new T()))
        {
            journal.Append(new JournalRecord.Admitted(Some.TextSample(42, "disk full", timeMs: 1_795_219_199_500), false));
            journal.Sync();
        }

        File.WriteAllBytes("/tmp/replay/example.seg", disk.Get("/journal/samples-0000000000000000.seg"));
    }

    private sealed class T : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_795_219_200_000);
    }
}
