using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Continual.Runs;

/// <summary>A ledger in a folder of its own, which goes when it is disposed, and a stream on its way into it.</summary>
internal sealed class ScratchLedger : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sslagent-continual-").FullName;

    public ScratchLedger(ReplayOptions options, int seed, TimeProvider time) =>
        Ledger = ReplayLedger.Open(new ReplayPlace(LocalDisk.Instance, _folder, (ulong)seed, time), options, null, NullLogger.Instance);

    public ReplayLedger Ledger { get; }

    /// <summary>Admits the items in order. After each that makes a cycle due, and at the end where some are left over, <paramref name="due"/> is called.</summary>
    public void Admit(IReadOnlyList<StreamItem> items, int samplesTrigger, Action due)
    {
        for (int place = 0; place < items.Count; place++)
        {
            Ledger.Admit(new Intake.Accepted(items[place].ToSample(place)));
            if (Ledger.TrainableSinceCycle >= samplesTrigger) due();
        }

        if (Ledger.TrainableSinceCycle > 0) due();
    }

    public void Dispose()
    {
        Ledger.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
