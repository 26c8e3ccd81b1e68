using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Redundancy;

/// <summary>Cycles over a ledger whose model sees clusters.</summary>
public sealed class BufferViewTests(ITestOutputHelper output)
{
    private const int Clusters = 20, Items = 4000, Room = 256;

    [Theory]
    [InlineData(ReplayPolicy.Minred, 20, 20)]
    [InlineData(ReplayPolicy.Hybrid, 20, 20)]
    [InlineData(ReplayPolicy.Reservoir, 19, 20)]
    [InlineData(ReplayPolicy.Fifo, 2, 3)]
    public void Of_an_ordered_stream_of_twenty_clusters_through_a_buffer_of_256_stay(ReplayPolicy policy, int atLeast, int atMost)
    {
        using var life = new Life(policy);
        for (int item = 0; item < Items; item++)
        {
            life.Admit(item * Clusters / Items, item);
            if (item % 100 == 99) life.Cycle();
        }

        int[] sizes = [.. life.Kept.GroupBy(cluster => cluster).OrderBy(group => group.Key).Select(group => group.Count())];
        output.WriteLine($"{policy}: {string.Join(' ', sizes)}");
        Assert.Equal(Room, life.Kept.Count);
        Assert.InRange(sizes.Length, atLeast, atMost);
    }

    [Fact]
    public void A_rare_thing_among_ten_thousand_equal_ones_stays_where_chance_would_lose_it()
    {
        // One item in 2,000 is rare; a reservoir of 256 of 6,000 would keep each with a chance of 4 %.
        using var minred = new Life(ReplayPolicy.Minred);
        for (int item = 0; item < 6000; item++)
        {
            minred.Admit(item % 2000 == 50 ? 1 + (item / 2000) : 0, item);
            if (item % 200 == 199) minred.Cycle();
        }

        Assert.Equal([0, 1, 2, 3], minred.Kept.Distinct().Order());
    }

    [Fact]
    public void Half_of_a_hybrid_buffer_is_the_reservoir_of_that_size()
    {
        using var hybrid = new Life(ReplayPolicy.Hybrid);
        var reservoir = new Reservoir(Room / 2, long.MaxValue);
        for (int item = 0; item < 2000; item++)
        {
            long id = hybrid.Admit(item * 5 / 2000, item);
            reservoir.Offer(new Entry(id, id, Reservoir.PriorityOf(Some.Seed, item, Modality.Frame), 1, 0, 0));
            if (item % 100 == 99) hybrid.Cycle();
        }

        Assert.Subset(hybrid.Ids.ToHashSet(), reservoir.Entries().Select(entry => entry.Id).ToHashSet());
    }

    [Fact]
    public void What_comes_while_a_cycle_trains_waits_for_the_next_one_whatever_the_load()
    {
        using Life calm = new(ReplayPolicy.Minred), busy = new(ReplayPolicy.Minred);
        for (int item = 0; item < 600; item++)
        {
            calm.Admit(item / 100, item);
            busy.Admit(item / 100, item);
        }

        busy.Begin();
        for (int item = 600; item < 650; item++) busy.Admit(7, item);
        Assert.Equal(calm.Cycle().Frames, busy.End().Frames);
        Assert.Equal((Room, Room + 50), (calm.Kept.Count, busy.Kept.Count));
        busy.Cycle();
        Assert.Equal(Room, busy.Kept.Count);
    }

    [Fact]
    public void Each_new_sample_is_embedded_once_and_of_the_others_those_whose_turn_was_longest_ago()
    {
        using var life = new Life(ReplayPolicy.Minred, refreshed: 10);
        for (int item = 0; item < 40; item++) life.Admit(item, item);
        life.Cycle();
        Assert.Equal(40, life.Embedder.Embedded.Distinct().Count());
        long[] first = [.. life.Embedder.Embedded];
        life.Embedder.Embedded.Clear();
        life.Cycle();
        life.Cycle();
        Assert.Equal(first.Order().Take(20), life.Embedder.Embedded);
    }

    [Fact]
    public void A_rejected_model_settles_nothing_and_the_bound_holds_all_the_same()
    {
        using var life = new Life(ReplayPolicy.Minred, freshMax: 150);
        for (int item = 0; item < 3000; item++)
        {
            life.Admit(item / 300, item);
            if (item % 100 != 99) continue;
            life.Begin();
            life.Reject();
            Assert.InRange(life.Kept.Count, 1, 150);
        }

        Assert.Equal(150, life.Kept.Count);
        life.Cycle();
        for (int item = 3000; item < 3200; item++) life.Admit(11, item);
        life.Cycle();
        Assert.Equal(Room, life.Kept.Count);
    }

    [Fact]
    public void Without_an_answer_in_the_journal_chance_keeps_the_bound()
    {
        using var life = new Life(ReplayPolicy.Minred);
        for (int item = 0; item < 1000; item++) life.Admit(0, item);
        life.Begin();
        life.EndWithoutAsking();
        Assert.Equal(Room, life.Kept.Count);
        IEnumerable<long> smallest = life.Admitted.OrderBy(one => one.Priority).Take(Room).Select(one => one.Id);
        Assert.Equal(smallest.Order(), life.Ids.Order());
    }

    [Fact]
    public void A_modality_that_the_model_cannot_embed_is_left_to_chance()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(new ReplayOptions { Policy = ReplayPolicy.Minred, TextsMax = 20, FreshMax = 100, SentinelOneIn = 0 });
        for (int i = 0; i < 60; i++) ledger.Admit(Some.TextSample(i, "line " + i));
        OpenCycle cycle = ledger.StartCycle(Some.CycleStarted(1));
        Weighing weighing = ledger.Buffer(cycle, new ReplayOptions { Policy = ReplayPolicy.Minred, TextsMax = 20 }).Weigh(
            new CycleNumber(1), EmbeddingBook.Empty, new ClusterEmbedder { IsBlindToTexts = true }, read => read(), fact: null);
        Assert.Equal((0, 0, 0), (weighing.Evicted.Count, weighing.Book.Count, weighing.Embedded));
        ledger.Decide(Some.CycleEnded(1, 1));
        Assert.Equal(20, ledger.Buffered.Texts);
    }

    [Fact]
    public void Run_anew_with_the_journals_word_it_gives_the_same_book_and_the_same_as_deciding_again()
    {
        using var life = new Life(ReplayPolicy.Minred);
        for (int item = 0; item < 700; item++) life.Admit(item / 50, item);
        life.Begin();
        Weighing first = life.Weigh(null), again = life.Weigh(null), told = life.Weigh(first.Evicted);
        Assert.True(first.Evicted.IsSameAs(again.Evicted));
        Assert.Equal(first.Book.Write(), again.Book.Write());
        Assert.Equal(first.Book.Write(), told.Book.Write());
        Assert.Equal(Room, first.Book.Count);
    }

    /// <summary>A ledger, its model's book, and the cycles over it.</summary>
    private sealed class Life : IDisposable
    {
        private readonly ReplayOptions _options;
        private readonly ReplayLedger _ledger;
        private readonly Dictionary<long, int> _clusters = [];
        private EmbeddingBook _book = EmbeddingBook.Empty;
        private OpenCycle? _open;
        private int _cycles;

        public Life(ReplayPolicy policy, int refreshed = 50, int freshMax = 10_000)
        {
            _options = new ReplayOptions { Policy = policy, FramesMax = Room, SentinelOneIn = 0, RefreshedMax = refreshed, FreshMax = freshMax };
            _ledger = Ledgers.OpenNew(_options);
        }

        public ClusterEmbedder Embedder { get; } = new();

        public List<(long Id, ulong Priority)> Admitted { get; } = [];

        public IReadOnlyList<long> Ids
        {
            get
            {
                ReplayState state = ReplayState.Load(_ledger.SaveState(), _options, Some.Seed);
                return [.. state.Memory.Buffer.Frames.Entries().Select(entry => entry.Id)];
            }
        }

        /// <summary>The clusters of what is in the buffer.</summary>
        public IReadOnlyList<int> Kept => [.. Ids.Select(id => _clusters[id])];

        public long Admit(int cluster, int item)
        {
            long id = _ledger.Admit(new Sample(Some.At(item), "camera", item, null, null, ClusterEmbedder.FrameOf(cluster, item), null)).Sequence;
            _clusters[id] = cluster;
            Admitted.Add((id, Reservoir.PriorityOf(Some.Seed, item, Modality.Frame)));
            return id;
        }

        public void Begin() => _open = _ledger.StartCycle(Some.CycleStarted(++_cycles));

        public Weighing Weigh(JournalRecord.Evicted? fact) =>
            _ledger.Buffer(Check.NotNull(_open, "a cycle is on"), _options).Weigh(new CycleNumber(_cycles), _book, Embedder, read => read(), fact);

        public JournalRecord.Evicted End()
        {
            Weighing weighing = Weigh(null);
            _book = weighing.Book;
            if (weighing.Evicted.Count > 0) _ledger.Decide(weighing.Evicted);
            EndWithoutAsking();
            return weighing.Evicted;
        }

        public void EndWithoutAsking() => _ledger.Decide(Some.CycleEnded(_cycles, _cycles));

        public void Reject() => _ledger.Decide(
            new JournalRecord.CycleEnded(new CycleNumber(_cycles), 10, new ModelVersion(_cycles), new Verdict(VerdictKind.Reject, []), []));

        public JournalRecord.Evicted Cycle()
        {
            Begin();
            return End();
        }

        public void Dispose() => _ledger.Dispose();
    }
}
