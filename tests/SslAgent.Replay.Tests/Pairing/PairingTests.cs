using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Pairing;

public sealed class PairingTests
{
    private readonly List<FoundPair> _found = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Halves_with_one_key_are_joined_whichever_comes_first(bool isTextFirst)
    {
        var pairing = new KeyPairing(1, 100);
        pairing.Offer("a", Half(1, isTextFirst), _found);
        pairing.Offer("b", Half(2, isTextFirst), _found);
        pairing.Offer("a", Half(3, !isTextFirst), _found);
        FoundPair pair = Assert.Single(_found);
        Assert.Equal(isTextFirst ? (3, 1) : (1, 3), (pair.Frame.Id, pair.Text.Id));
        Assert.Equal(1, pairing.Count);
    }

    [Fact]
    public void A_text_takes_as_many_frames_as_it_may_and_a_frame_one_text()
    {
        var pairing = new KeyPairing(3, 100);
        pairing.Offer("a", Half(1, isText: false), _found);
        pairing.Offer("a", Half(2, isText: true), _found);
        pairing.Offer("a", Half(3, isText: false), _found);
        pairing.Offer("a", Half(4, isText: false), _found);
        pairing.Offer("a", Half(5, isText: false), _found);
        Assert.Equal([(1, 2), (3, 2), (4, 2)], _found.Select(pair => (pair.Frame.Id, pair.Text.Id)));
        Assert.Equal(1, pairing.Count);
    }

    [Fact]
    public void The_longest_waiting_half_leaves_first_and_is_counted()
    {
        var pairing = new KeyPairing(1, 3);
        for (int i = 0; i < 5; i++) pairing.Offer("key-" + i, Half(i, isText: true), _found);
        Assert.Equal((3, 2L), (pairing.Count, pairing.Evicted));
        pairing.Offer("key-1", Half(10, isText: false), _found);
        Assert.Empty(_found);
        pairing.Offer("key-4", Half(11, isText: false), _found);
        Assert.Equal((11, 4), (_found[0].Frame.Id, _found[0].Text.Id));
    }

    [Fact]
    public void Halves_on_different_sides_of_the_sentinel_split_are_never_joined()
    {
        var byKey = new KeyPairing(1, 100);
        byKey.Offer("a", Half(1, isText: false, isSentinel: true), _found);
        byKey.Offer("a", Half(2, isText: true), _found);
        var byTime = new TimePairing(new ReplayOptions());
        byTime.Offer(Half(3, isText: false, isSentinel: true), _found);
        byTime.Offer(Half(4, isText: true), _found);
        Assert.Empty(_found);
    }

    [Fact]
    public void By_time_the_nearest_of_the_same_source_within_the_window_is_taken()
    {
        var pairing = new TimePairing(new ReplayOptions { PairWindow = TimeSpan.FromSeconds(2) });
        pairing.Offer(Half(1, isText: true, timeMs: 1000), _found);
        pairing.Offer(Half(2, isText: true, timeMs: 2400), _found);
        pairing.Offer(Half(3, isText: true, timeMs: 2100, source: 7), _found);
        pairing.Offer(Half(4, isText: false, timeMs: 2000), _found);
        pairing.Offer(Half(5, isText: false, timeMs: 3001), _found);
        pairing.Offer(Half(6, isText: false, timeMs: 3000), _found);
        Assert.Equal([(4, 2), (6, 1)], _found.Select(pair => (pair.Frame.Id, pair.Text.Id)));
    }

    [Fact]
    public void A_late_text_takes_the_frames_that_wait_nearest_first()
    {
        var pairing = new TimePairing(new ReplayOptions { PairWindow = TimeSpan.FromSeconds(2), PairFramesPerText = 2 });
        foreach ((int id, long time) in new[] { (1, 0L), (2, 1500L), (3, 900L), (4, 5000L) }) pairing.Offer(Half(id, isText: false, timeMs: time), _found);
        pairing.Offer(Half(9, isText: true, timeMs: 1000), _found);
        Assert.Equal([3, 2], _found.Select(pair => (int)pair.Frame.Id));
        Assert.Equal(2, pairing.Count);
    }

    [Fact]
    public void Times_at_the_ends_of_the_number_range_are_far_apart_not_an_overflow()
    {
        var pairing = new TimePairing(new ReplayOptions());
        pairing.Offer(Half(1, isText: true, timeMs: long.MinValue), _found);
        pairing.Offer(Half(2, isText: false, timeMs: long.MaxValue), _found);
        Assert.Empty(_found);
    }

    [Fact]
    public void A_sample_with_its_own_caption_is_a_pair_by_itself()
    {
        var state = new ReplayState(new ReplayOptions { SentinelOneIn = 0 }, Some.Seed);
        state.Apply(0, new JournalRecord.Admitted(Some.PairSample(0, 1, "a cat"), false));
        Assert.Equal(new AvailableData(1, 1, 1), state.Buffered);
        Entry pair = Assert.Single(state.Memory.Buffer.Pairs.Entries());
        Assert.Equal((0L, 0L), (pair.Id, pair.OtherId));
    }

    private static Half Half(long id, bool isText, bool isSentinel = false, long timeMs = 0, int source = 1) =>
        new(id, id, isText, isSentinel, source, timeMs, 1, 0, 0);
}
