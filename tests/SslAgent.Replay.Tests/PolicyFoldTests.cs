using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests;

/// <summary>The state is a fold of the journal under every policy: one suite for all.</summary>
public sealed class PolicyFoldTests
{
    public static TheoryData<ReplayPolicy> Policies { get; } = [.. Enum.GetValues<ReplayPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Folded_from_nothing_or_from_any_saved_state_the_journal_gives_the_same(ReplayPolicy policy)
    {
        ReplayOptions options = Options(policy);
        var disk = new SimulatedDisk();
        var saves = new List<MemoryStream>();
        string live;
        using (ReplayLedger ledger = Ledgers.Open(disk, options))
        {
            Live(ledger, options, saves);
            live = ledger.StateDigest();
        }

        foreach (MemoryStream? saved in (MemoryStream?[])[null, .. saves])
        {
            using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash(), options, saved);
            Assert.Equal(live, recovered.StateDigest());
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_was_dropped_forgotten_or_quarantined_is_nowhere_any_more(ReplayPolicy policy)
    {
        ReplayOptions options = Options(policy);
        using ReplayLedger ledger = Ledgers.OpenNew(options);
        Live(ledger, options, []);
        long[] before = Singles(ledger, options);
        long since = before[before.Length / 2];
        ledger.Decide(Some.RolledBack(since, ReplayRollback.DropSince));
        Assert.Equal(before.Where(id => id < since), Singles(ledger, options));
        Assert.All(Buffered(ledger, options), id => Assert.True(id < since, $"{id} came after {since}"));

        long[] some = [.. Buffered(ledger, options).Where((_, i) => i % 3 == 0)];
        ledger.Decide(new JournalRecord.Forgotten(new ModelVersion(1), new ModelVersion(5), "camera", null, "test", [.. some.Select(id => new SampleId(id))]));
        Assert.Empty(Buffered(ledger, options).Intersect(some));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_rewind_without_anything_denied_gives_what_the_stream_would_have_given_without_the_cycles_since(ReplayPolicy policy)
    {
        ReplayOptions options = Options(policy);
        byte[] past = [];
        using ReplayLedger ledger = ReplayLedger.Open(
            new ReplayPlace(new SimulatedDisk(), "/journal", Some.Seed, TimeProvider.System) { Past = _ => new MemoryStream(past) }, options, null,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        foreach (Intake intake in new RandomStream(91).Take(200)) ledger.Admit(intake);
        Cycle(ledger, options, 1, EmbeddingBook.Empty);
        past = ledger.SaveState().ToArray();
        long position = ledger.Position;
        foreach (Intake intake in new RandomStream(92).TakeBehind(ledger, 120)) ledger.Admit(intake);
        long[] undisturbed = Buffered(ledger, options);
        Cycle(ledger, options, 2, EmbeddingBook.Empty);
        ledger.Decide(new JournalRecord.RolledBack(new ModelVersion(1), position, new ModelVersion(3), ReplayRollback.Rewind, "test", []));
        Assert.Equal(undisturbed, Buffered(ledger, options));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_may_still_be_drawn_or_weighed_is_live(ReplayPolicy policy)
    {
        ReplayOptions options = Options(policy);
        using ReplayLedger ledger = Ledgers.OpenNew(options);
        Live(ledger, options, []);
        OpenCycle cycle = ledger.StartCycle(Some.CycleStarted(50));
        foreach (Intake intake in new RandomStream(93).TakeBehind(ledger, 400)) ledger.Admit(intake);
        ReplayState state = ReplayState.Load(ledger.SaveState(), options, Some.Seed);
        var live = new HashSet<long>();
        state.CollectLive(live);
        var needed = new HashSet<long>();
        cycle.Index.CollectLive(needed);
        cycle.Candidates.CollectLive(needed);
        state.Memory.Buffer.CollectLive(needed);
        Assert.Subset(live, needed);
        Assert.Equal(policy >= ReplayPolicy.Minred, !cycle.Candidates.IsEmpty);
    }

    private static ReplayOptions Options(ReplayPolicy policy) => Ledgers.Small with { Policy = policy, RefreshedMax = 5 };

    private static void Live(ReplayLedger ledger, ReplayOptions options, List<MemoryStream> saves)
    {
        var stream = new RandomStream(90);
        EmbeddingBook book = EmbeddingBook.Empty;
        for (int cycle = 1; cycle <= 8; cycle++)
        {
            foreach (Intake intake in stream.Take(120)) ledger.Admit(intake);
            saves.Add(ledger.SaveState());
            if (cycle == 5)
            {
                ledger.StartCycle(Some.CycleStarted(cycle));
                ledger.Decide(new JournalRecord.CycleAbandoned(new CycleNumber(cycle), "test"));
                continue;
            }

            book = Cycle(ledger, options, cycle, book, () =>
            {
                saves.Add(ledger.SaveState());
                foreach (Intake intake in stream.Take(20)) ledger.Admit(intake);
            });
        }

        foreach (Intake intake in stream.Take(50)) ledger.Admit(intake);
        ledger.Sync();
    }

    private static EmbeddingBook Cycle(ReplayLedger ledger, ReplayOptions options, int number, EmbeddingBook book, Action? meanwhile = null)
    {
        OpenCycle cycle = ledger.StartCycle(Some.CycleStarted(number));
        meanwhile?.Invoke();
        Weighing weighing = ledger.Buffer(cycle, options).Weigh(new CycleNumber(number), book, new ClusterEmbedder(), read => read(), fact: null);
        if (weighing.Evicted.Count > 0) ledger.Decide(weighing.Evicted);
        ledger.Decide(Some.CycleEnded(number, number, cycle.Index.Of(Modality.Text).Fresh.Take(2).Select(ids => ids.Id).ToArray()));
        return weighing.Book;
    }

    /// <summary>Frames and texts by themselves: a pair goes with either of its halves.</summary>
    private static long[] Singles(ReplayLedger ledger, ReplayOptions options)
    {
        BufferTrio buffer = ReplayState.Load(ledger.SaveState(), options, Some.Seed).Memory.Buffer;
        return [.. buffer.Frames.Entries().Concat(buffer.Texts.Entries()).Select(entry => entry.Id).Distinct().Order()];
    }

    private static long[] Buffered(ReplayLedger ledger, ReplayOptions options)
    {
        var ids = new SortedSet<long>();
        ReplayState.Load(ledger.SaveState(), options, Some.Seed).Memory.Buffer.CollectLive(ids);
        return [.. ids];
    }
}
