using SslAgent.Domain;
using SslAgent.Guarding.Drift;
using SslAgent.Guarding.Simulation;

namespace SslAgent.Guarding.Tests.Drift;

public sealed class StreamWatchTests(ITestOutputHelper output)
{
    private const ulong Seed = 20261126;

    private static readonly GuardOptions Options = new();

    [Fact]
    public void A_stream_that_stays_what_it_is_has_no_drift()
    {
        output.WriteLine($"seed {Seed}");
        int found = Enumerable.Range(0, 20).Count(stream => Run(stream, length: 12_000, _ => 0).Count > 0);
        Assert.Equal(0, found);
    }

    [Fact]
    public void Neighbours_that_look_alike_are_no_drift()
    {
        output.WriteLine($"seed {Seed}");
        int found = Enumerable.Range(0, 20).Sum(stream => Run(stream, length: 12_000, _ => 0, correlation: 0.98).Count);
        output.WriteLine($"{found} drifts in 20 correlated streams");
        Assert.InRange(found, 0, 4);
    }

    [Theory]
    [InlineData(1.0, 700)]
    [InlineData(2.0, 450)]
    [InlineData(-3.0, 400)]
    public void A_step_is_found_soon_and_once(double shift, int delayMax)
    {
        output.WriteLine($"seed {Seed}");
        for (int stream = 0; stream < 10; stream++)
        {
            List<(long At, JournalRecord.DriftFound Drift)> found = Run(stream, length: 8000, at => at >= 4000 ? shift : 0);
            (long at, JournalRecord.DriftFound drift) = Assert.Single(found);
            Assert.InRange(at, 4000, 4000 + delayMax);
            Assert.Equal(("cam", "frame brightness"), (drift.Source, drift.Measure));
            Assert.Equal(shift > 0, drift.After > drift.Before);
        }
    }

    [Fact]
    public void Texts_drift_by_their_length_and_their_letters()
    {
        var watch = new StreamWatch(Options);
        var chance = new Philox(new DrawKey(Seed, 0, 0, ChanceStream.Test));
        for (long at = 0; at < 6000; at++)
        {
            int letters = 20 + chance.NextInt(20), digits = at < 3000 ? 3 + chance.NextInt(4) : 30 + chance.NextInt(9);
            watch.Apply(at, Admit(new Sample(At(at), "host", 0, null, null, null, TextOf(letters, digits))));
            if (watch.Owed is not { } drift) continue;
            Assert.InRange(at, 3000, 3400);
            Assert.Contains(drift.Measure, new[] { "text length", "share of letters" });
            return;
        }

        Assert.Fail("no drift was found");
    }

    [Fact]
    public void A_watch_that_was_saved_and_loaded_anywhere_finds_the_same()
    {
        List<(long At, JournalRecord.DriftFound Drift)> whole = Run(1, length: 6000, at => at >= 3000 ? 2 : 0);
        for (long cut = 100; cut < 6000; cut += 619)
        {
            List<(long, JournalRecord.DriftFound)> broken = Run(1, length: 6000, at => at >= 3000 ? 2 : 0, saveAt: cut);
            Assert.Equal(whole, broken);
        }
    }

    [Fact]
    public void Records_that_the_saved_state_knows_change_nothing_and_a_foreign_file_begins_anew()
    {
        var watch = new StreamWatch(Options);
        for (long at = 0; at < 500; at++) watch.Apply(at, Admit(Frame(at, at % 50)));
        byte[] saved = watch.Save();
        for (long at = 0; at < 500; at++) watch.Apply(at, Admit(Frame(at, 255)));
        Assert.Equal(saved, watch.Save());
        Assert.Equal(saved, StreamWatch.Load(Options, saved).Save());
        Assert.Equal(new StreamWatch(Options).Save(), StreamWatch.Load(Options, [1, 2, 3]).Save());
    }

    [Fact]
    public void A_drift_without_its_record_stays_owed_over_a_restart()
    {
        var watch = new StreamWatch(Options);
        long at = 0;
        for (; watch.Owed is null && at < 20_000; at++) watch.Apply(at, Admit(Frame(at, at < 2000 ? 80 + at % 7 : 180 + at % 7)));
        StreamWatch loaded = StreamWatch.Load(Options, watch.Save());
        JournalRecord.DriftFound owed = Assert.IsType<JournalRecord.DriftFound>(loaded.Owed);
        Assert.Equal(watch.Owed, owed);
        loaded.Apply(at, owed);
        Assert.Null(loaded.Owed);
    }

    private static List<(long At, JournalRecord.DriftFound Drift)> Run(
        int stream, long length, Func<long, double> shift, double correlation = 0, long saveAt = -1) =>
        new SimulatedStream(Seed, stream, Options, correlation).Run(length, shift, saveAt);

    private static JournalRecord.Admitted Admit(Sample sample) => new(sample, false);

    private static Sample Frame(long at, double light) => SimulatedStream.Frame(at, light);

    private static SourceOffset At(long at) => new("stream", 0, 0, at);

    private static Text TextOf(int letters, int digits) => new(System.Text.Encoding.UTF8.GetBytes(new string('a', letters) + new string('7', digits)));
}
