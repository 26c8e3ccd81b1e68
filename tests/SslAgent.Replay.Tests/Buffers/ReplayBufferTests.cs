using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Buffers;

/// <summary>What every policy promises, one suite for all: <see cref="IReplayBuffer"/>.</summary>
public sealed class ReplayBufferTests(ITestOutputHelper output)
{
    private const int CountMax = 40, FreshMax = 15;
    private const long BytesMax = 300, FreshBytesMax = 100;

    public static TheoryData<ReplayPolicy> Policies { get; } = [.. Enum.GetValues<ReplayPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void It_never_holds_more_than_its_bounds_and_counts_what_left(ReplayPolicy policy)
    {
        Random chance = Seeded();
        IReplayBuffer buffer = BufferOf(policy);
        int slack = policy >= ReplayPolicy.Minred ? 2 * FreshMax : 0;
        for (int id = 0; id < 1000; id++)
        {
            buffer.Offer(Entry(id, 1 + chance.Next(25), chance.Next(5)));
            if (chance.Next(20) == 0) buffer.Begin();
            if (chance.Next(30) == 0) buffer.Settle();
            if (chance.Next(60) == 0) buffer.GiveBack();
            Assert.InRange(buffer.Count, 0, CountMax + slack);
            Assert.InRange(buffer.Bytes, 0, BytesMax + (slack > 0 ? 2 * FreshBytesMax : 0));
            Assert.Equal(buffer.Entries().Sum(entry => entry.Bytes), buffer.Bytes);
            Assert.Equal((buffer.Entries().Length, id + 1L), (buffer.Count, buffer.Count + buffer.Evicted));
        }

        buffer.Begin();
        buffer.Settle();
        Assert.InRange(buffer.Count, 15, CountMax);
        Assert.InRange(buffer.Bytes, 100, BytesMax);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Saved_at_any_moment_and_loaded_it_goes_on_as_if_nothing_had_happened(ReplayPolicy policy)
    {
        Random chance = Seeded();
        IReplayBuffer straight = BufferOf(policy), saved = BufferOf(policy);
        for (int id = 0; id < 600; id++)
        {
            Entry entry = Entry(id, 1 + chance.Next(20), chance.Next(4));
            bool begins = chance.Next(25) == 0, settles = chance.Next(25) == 0, gives = chance.Next(60) == 0, removes = chance.Next(50) == 0;
            foreach (IReplayBuffer buffer in (IReplayBuffer[])[straight, saved])
            {
                buffer.Offer(entry);
                if (begins) buffer.Begin();
                if (settles) buffer.Settle();
                if (gives) buffer.GiveBack();
                if (removes) buffer.RemoveAll(one => one.Id % 7 == 0);
            }

            if (chance.Next(20) == 0) saved = Reloaded(saved, policy);
            Assert.Equal(Bytes(straight), Bytes(saved));
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_was_taken_out_is_gone_and_the_rest_stays(ReplayPolicy policy)
    {
        IReplayBuffer buffer = BufferOf(policy);
        for (int id = 0; id < 200; id++) buffer.Offer(Entry(id, 3, id % 3));
        Entry[] before = buffer.Entries();
        int removed = buffer.RemoveAll(entry => entry.Id % 2 == 0);
        Assert.Equal(before.Count(entry => entry.Id % 2 == 0), removed);
        Assert.Equal(Sorted(before.Where(entry => entry.Id % 2 == 1)), Sorted(buffer.Entries()));
        Assert.Equal(buffer.Count * 3L, buffer.Bytes);
        buffer.Begin();
        buffer.Settle();
        Assert.DoesNotContain(buffer.Entries(), entry => entry.Id % 2 == 0);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_would_not_fit_alone_pushes_nothing_out(ReplayPolicy policy)
    {
        IReplayBuffer buffer = BufferOf(policy);
        for (int id = 0; id < 5; id++) buffer.Offer(Entry(id, 10, 0));
        buffer.Offer(new Entry(99, 99, 0, BytesMax + 1, 0, 0));
        Assert.Equal(5, buffer.Count);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Another_policy_goes_on_with_what_was_held(ReplayPolicy policy)
    {
        foreach (ReplayPolicy before in Enum.GetValues<ReplayPolicy>())
        {
            IReplayBuffer old = BufferOf(before);
            for (int id = 0; id < 500; id++)
            {
                old.Offer(Entry(id, 3, id % 3));
                if (id % 50 != 40) continue;
                old.Begin();
                old.Settle();
            }

            IReplayBuffer buffer = Reloaded(old, policy);
            Assert.InRange(buffer.Count, CountMax, CountMax + FreshMax);
            Assert.Subset(old.Entries().ToHashSet(), buffer.Entries().ToHashSet());
            // Whoever comes now has a chance, whatever the policy before let in.
            for (int id = 500; id < 900; id++) buffer.Offer(Entry(id, 3, id % 3));
            Assert.Contains(buffer.Entries(), entry => entry.Id >= 500);
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_is_here_when_a_cycle_begins_does_not_depend_on_when_the_one_before_ended(ReplayPolicy policy)
    {
        IReplayBuffer early = BufferOf(policy), late = BufferOf(policy);
        for (int id = 0; id < 600; id++)
        {
            foreach (IReplayBuffer buffer in (IReplayBuffer[])[early, late]) buffer.Offer(Entry(id, 3, id % 3));
            if (id % 60 == 5) early.Settle();
            if (id % 60 == 58) late.Settle();
            if (id % 60 != 59) continue;
            early.Begin();
            late.Begin();
            Assert.Equal(Bytes(early), Bytes(late));
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Smaller_limits_take_effect_when_it_is_loaded(ReplayPolicy policy)
    {
        IReplayBuffer buffer = BufferOf(policy);
        for (int id = 0; id < 100; id++) buffer.Offer(Entry(id, 3, id % 3));
        buffer.Begin();
        buffer.Settle();
        IReplayBuffer smaller = BufferTrio.Of(Options(policy) with { TextsMax = 7 }).Texts;
        smaller.Load(buffer.Save());
        Assert.Equal(7, smaller.Count);
    }

    [Fact]
    public void Fifo_holds_the_newest()
    {
        IReplayBuffer buffer = BufferOf(ReplayPolicy.Fifo);
        for (int id = 0; id < 500; id++) buffer.Offer(Entry(id, 3, id % 3));
        Assert.Equal(Enumerable.Range(460, 40).Select(id => (long)id), buffer.Entries().Select(entry => entry.Id).Order());
    }

    [Fact]
    public void Balanced_gives_each_source_an_equal_share_and_the_room_of_a_small_one_to_the_others()
    {
        // Of 40 places: a source that sent 4 keeps them, a chatty one, a hundred times as loud as the other, has as many as that one.
        IReplayBuffer buffer = BufferOf(ReplayPolicy.Balanced);
        for (int id = 0; id < 4000; id++) buffer.Offer(Entry(id, 1, id % 1000 == 3 ? 2 : id % 100 == 50 ? 1 : 0));
        int[] counts = [.. Enumerable.Range(0, 3).Select(source => buffer.Entries().Count(entry => entry.Source == source))];
        Assert.Equal([18, 18, 4], counts);
    }

    [Fact]
    public void Balanced_holds_the_same_whatever_the_order_in_which_the_sources_speak()
    {
        Random chance = Seeded();
        Entry[] stream = [.. Enumerable.Range(0, 900).Select(id => Entry(id, 1, id % 3))];
        Entry[]? first = null;
        for (int order = 0; order < 4; order++)
        {
            IReplayBuffer buffer = BufferOf(ReplayPolicy.Balanced);
            foreach (Entry entry in stream) buffer.Offer(entry);
            first ??= Sorted(buffer.Entries());
            // Forty places among three: who has the fourteenth is a matter of the order, the thirteen first of each are not.
            foreach (int source in Enumerable.Range(0, 3))
            {
                IEnumerable<Entry> smallest = first.Where(entry => entry.Source == source).OrderBy(entry => entry.Priority).Take(13);
                Assert.Subset(buffer.Entries().ToHashSet(), smallest.ToHashSet());
            }

            chance.Shuffle(stream);
        }
    }

    private static IReplayBuffer BufferOf(ReplayPolicy policy) => BufferTrio.Of(Options(policy)).Texts;

    private static ReplayOptions Options(ReplayPolicy policy) =>
        new() { Policy = policy, TextsMax = CountMax, TextBytesMax = BytesMax, FreshMax = FreshMax, FreshBytesMax = FreshBytesMax };

    private static IReplayBuffer Reloaded(IReplayBuffer buffer, ReplayPolicy policy)
    {
        IReplayBuffer loaded = BufferOf(policy);
        loaded.Load(SavedBuffer.Read(new BinaryReader(new MemoryStream(Bytes(buffer)))));
        return loaded;
    }

    private static byte[] Bytes(IReplayBuffer buffer)
    {
        var bytes = new MemoryStream();
        buffer.Save().Write(new BinaryWriter(bytes));
        return bytes.ToArray();
    }

    private static Entry Entry(long id, int bytes, int source) => new(id, id, Reservoir.PriorityOf(Some.Seed, id, Modality.Text), bytes, 0, source);

    private static Entry[] Sorted(IEnumerable<Entry> entries) => Replay.Entry.Sorted([.. entries]);

    private Random Seeded()
    {
        const int Seed = 20261126;
        output.WriteLine($"seed {Seed}");
        return new Random(Seed);
    }
}
