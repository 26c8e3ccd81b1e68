using SslAgent.Domain;
using SslAgent.Ingest.Tests.Frames;

namespace SslAgent.Ingest.Tests.Decoding;

/// <summary>One of these measures the whole process's memory, so nothing else may run meanwhile.</summary>
[Collection(nameof(CodecMemoryTests))]
public sealed class SourceThrottleTests
{
    [Fact]
    public void Sampling_keeps_about_one_in_n_and_the_same_ones_every_time()
    {
        var options = new IngestOptions { Sources = new SourceOptions { Rules = [new SourceRule { Source = "chatty", Sample = 10 }] } };
        bool[] first = Keep(options, "chatty", 5_000), again = Keep(options, "chatty", 5_000);
        Assert.Equal(first, again);
        Assert.InRange(first.Count(kept => kept), 400, 600);
        Assert.All(Keep(options, "quiet", 1_000), Assert.True);
    }

    [Fact]
    public void The_rate_is_counted_in_message_time()
    {
        var options = new IngestOptions { Sources = new SourceOptions { RateMax = 5 } };
        MessageDecoder decoder = Deliveries.Decoder(options);

        // A hundred messages a second for ten seconds: a burst of five, then five a second.
        int kept = Enumerable.Range(0, 1_000).Count(i => decoder.Decode(Line("s", i, timeMs: 1_000_000 + (i * 10))) is Intake.Accepted);
        Assert.InRange(kept, 53, 56);

        // One a second passes whole, and each source has its own allowance.
        Assert.All(Enumerable.Range(0, 50), i => Assert.IsType<Intake.Accepted>(decoder.Decode(Line("slow", i, timeMs: 1_000_000 + (i * 1_000)))));
        Assert.IsType<Intake.Accepted>(decoder.Decode(Line("other", 0, timeMs: 0)));
    }

    [Fact]
    public void A_dropped_message_is_passed_over_with_its_source_and_reason()
    {
        MessageDecoder decoder = Deliveries.Decoder(new IngestOptions { Sources = new SourceOptions { RateMax = 1 } });
        Assert.IsType<Intake.Accepted>(decoder.Decode(Line("s", 0, 1_000)));
        Assert.Equal(new Intake.PassedOver(new SourceOffset("stream", 0, 0, 1), "s", SkipReason.RateLimited), decoder.Decode(Line("s", 1, 1_100)));
        Assert.IsType<Intake.PassedOver>(decoder.Decode(Line("s", 2, 500)));
        Assert.IsType<Intake.Accepted>(decoder.Decode(Line("s", 3, 2_100)));
    }

    [Fact]
    public void One_message_from_the_far_future_does_not_silence_its_source()
    {
        MessageDecoder decoder = Deliveries.Decoder(new IngestOptions { Sources = new SourceOptions { RateMax = 1 } });
        Assert.IsType<Intake.Accepted>(decoder.Decode(Line("s", 0, 1_700_000_000_000)));
        Assert.IsType<Intake.Accepted>(decoder.Decode(Line("s", 1, 253_402_300_799_999)));

        // The jump back itself brings nothing, but from there on the source's own pace counts again.
        Assert.IsType<Intake.PassedOver>(decoder.Decode(Line("s", 2, 1_700_000_001_000)));
        Assert.All(Enumerable.Range(2, 50), i => Assert.IsType<Intake.Accepted>(decoder.Decode(Line("s", i + 1, 1_700_000_000_000 + (i * 1_000)))));
    }

    [Fact]
    public void Only_so_many_sources_are_followed()
    {
        MessageDecoder decoder = Deliveries.Decoder(new IngestOptions { Sources = new SourceOptions { RateMax = 1, TrackedMax = 16 } });
        for (int i = 0; i < 100_000; i++) decoder.Decode(Line($"s{i}", i, 1_000));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 100_000; i++) decoder.Decode(Line($"t{i}", i, 1_000));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -10_000_000, 1_000_000);
    }

    [Fact]
    public void Impossible_rules_are_reported()
    {
        var sources = new SourceOptions
        {
            RateMax = double.NaN,
            Rules = [new SourceRule { Source = "a", Sample = 0 }, new SourceRule { Source = "a", RateMax = -1 }],
        };
        Assert.Equal(4, sources.Faults().Count());
    }

    private static bool[] Keep(IngestOptions options, string source, int count)
    {
        MessageDecoder decoder = Deliveries.Decoder(options);
        return [.. Enumerable.Range(0, count).Select(i => decoder.Decode(Line(source, i, 1_000)) is Intake.Accepted)];
    }

    private static Delivery Line(string source, long offset, long timeMs) =>
        Deliveries.Of($"line {offset}", ("source", source)) with { At = new SourceOffset("stream", 0, 0, offset), TimeMs = timeMs };
}
