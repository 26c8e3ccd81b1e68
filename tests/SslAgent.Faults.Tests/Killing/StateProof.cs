using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Faults.Victim;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>What must hold of a state directory after all its kills, whatever they were. Looks from outside; the agent has stopped.</summary>
internal sealed class StateProof(KillChain chain)
{
    private readonly StateDirectory _state = new(chain.Settings.Agent.StateDirectory);

    /// <summary>Digests that were compared.</summary>
    public int Compared { get; private set; }

    /// <param name="expected">Versions of an unkilled run over the same stream, where that says what they have to be; else null.</param>
    public async Task CheckAsync(IReadOnlyDictionary<int, string>? expected)
    {
        IReadOnlyDictionary<int, string> versions = Versions();
        AgentSettings fold = PrepareFold(out string folder);
        CheckJournal(folder);
        CheckOrders(folder);
        // An order is carried out when it comes: from there on no other run is the same.
        int same = Ordered(folder).FirstOrDefault(int.MaxValue);
        if (expected is not null) Compare(versions.Where(version => version.Key < same), expected, "an unkilled run over the same stream");
        Compare(versions, await Fold.OverJournalAsync(fold, versions.Keys.Max()), "an unkilled fold of its own journal");
    }

    /// <summary>All that were ever published here, by the log of the processes and by what is on disk, which must be sound.</summary>
    private Dictionary<int, string> Versions()
    {
        var versions = new Dictionary<int, string>();
        foreach (string[] entry in chain.Entries(PointLog.Version).Select(detail => detail.Split('\t'))) Note(int.Parse(entry[0], CultureInfo.InvariantCulture), entry[1]);
        VersionStore store = VersionStore.Open(LocalDisk.Instance, _state.Versions, StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
        Assert.Empty(store.Findings);
        foreach (VersionManifest manifest in store.List())
        {
            Note(manifest.Version.Number, manifest.WeightsDigest);
            Assert.True(store.Verify(manifest.Version, default).IsSound, $"{chain.Name}: {manifest.Version} is damaged");
        }

        Assert.True(store.Head is not null && store.List()[0].Version.Number >= chain.Version, $"{chain.Name}: arrived at {store.Head}");
        return versions;

        void Note(int version, string digest) => Assert.True(
            versions.TryAdd(version, digest) || versions[version] == digest, $"{chain.Name}: v{version} was {versions.GetValueOrDefault(version)}, then {digest}");
    }

    private void Compare(IEnumerable<KeyValuePair<int, string>> versions, IReadOnlyDictionary<int, string> expected, string what)
    {
        foreach ((int version, string digest) in versions)
        {
            Assert.True(
                expected.TryGetValue(version, out string? other) && other == digest,
                $"{chain.Name}: v{version} is {digest}, and {other ?? "nothing"} by {what}; killed at {string.Join(", ", chain.KilledAt)}");
            Compared++;
        }
    }

    /// <summary>The lineage and the whole journal, with the segments that were retired since; none of the versions.</summary>
    private AgentSettings PrepareFold(out string folder)
    {
        folder = Path.Combine(chain.Directory, "fold");
        var fold = new StateDirectory(folder);
        Directory.CreateDirectory(fold.Journal);
        File.Copy(_state.LineageFile, fold.LineageFile);
        foreach (string source in new[] { _state.Journal, chain.Archive })
        {
            if (!Directory.Exists(source)) continue;
            foreach (string file in Directory.GetFiles(source, "*.seg")) File.Copy(file, Path.Combine(fold.Journal, Path.GetFileName(file)), overwrite: true);
        }

        return chain.Settings with { Agent = chain.Settings.Agent with { StateDirectory = folder } };
    }

    private static IEnumerable<int> Ordered(string folder) => JournalOracle.Read(new StateDirectory(folder).Journal)
        .Select(record => record switch
        {
            JournalRecord.RolledBack back => back.Version.Number,
            JournalRecord.Forgotten forgotten => forgotten.Version.Number,
            _ => 0,
        })
        .Where(version => version > 0);

    /// <summary>However often it had to be given: each order is in the journal once, what it forgot is in the state directory no more, and a check found all well.</summary>
    private void CheckOrders(string folder)
    {
        if (chain.Given.Count == 0) return;
        IReadOnlyList<JournalRecord> whole = JournalOracle.Read(new StateDirectory(folder).Journal), kept = JournalOracle.Read(_state.Journal);
        foreach ((int number, GivenOrder order) in chain.Given.Index())
        {
            string reason = order.ReasonAs(number);
            bool IsOrder(JournalRecord record) => record is JournalRecord.RolledBack back && back.Reason == reason || record is JournalRecord.Forgotten gone && gone.Reason == reason;
            if (order.Kind == OrderKind.Scrub)
            {
                Assert.Contains(chain.Entries(PointLog.OrderDone), said => said.StartsWith("0 damaged", StringComparison.Ordinal));
                continue;
            }

            Assert.True(whole.Count(IsOrder) == 1, $"{chain.Name}: {reason} is {whole.Count(IsOrder)} times in the journal; killed at {string.Join(", ", chain.KilledAt)}");
            if (order.Kind == OrderKind.Accept) CheckAccepted((JournalRecord.RolledBack)whole.First(IsOrder));
            if (whole.First(IsOrder) is not JournalRecord.Forgotten forgotten) continue;
            bool IsNamed(JournalRecord record) => record is JournalRecord.Admitted { Sample: var sample } && forgotten.Names(sample.Source, sample.TimeMs);
            Assert.Contains(whole.TakeWhile(record => !IsOrder(record)), IsNamed);
            Assert.DoesNotContain(kept.TakeWhile(record => !IsOrder(record)), IsNamed);
        }
    }

    private void CheckAccepted(JournalRecord.RolledBack record)
    {
        Assert.True(record.Accepts);
        VersionStore store = VersionStore.Open(LocalDisk.Instance, _state.Versions, StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
        VersionManifest held = Assert.IsType<VersionManifest>(store.Find(record.To)), accepted = Assert.IsType<VersionManifest>(store.Find(record.Version));
        Assert.Equal((VerdictKind.Hold, VersionKind.Accept, VerdictKind.Promote), (held.Verdict.Kind, accepted.Kind, accepted.Verdict.Kind));
        Assert.Equal(held.WeightsDigest, accepted.WeightsDigest);
    }

    /// <summary>The producer's own log against the journal: no gap, no double, equal content; and what was refused is among the dead letters.</summary>
    private void CheckJournal(string folder)
    {
        Assert.True(ReplayVerify.Run(LocalDisk.Instance, _state.Journal, default).IsWhole, $"{chain.Name}: the journal is damaged");
        OracleReport report = JournalOracle.Compare(chain.Bench.Produced.Messages, new StateDirectory(folder).Journal);
        Assert.True(report.Faults.Count == 0, $"{chain.Name}: {report}");
        Assert.Equal(chain.Bench.Messages, report.Delivered);
        Assert.NotEmpty(report.Rejected);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        Assert.Empty(DeadLetterKeys.Missing(chain.Bench.BootstrapServers, FaultBench.DeadLetters(chain.Name), report.Rejected, limit.Token));
    }
}
