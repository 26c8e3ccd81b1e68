using System.Text.Json.Nodes;
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
        for (int stream = 0; stream < 40; stream++)
        {
            // Within a block too: what is left in the window then has values from both sides.
            long stepAt = 4000 + stream % 4 * 8;
            List<(long At, JournalRecord.DriftFound Drift)> found = Run(stream, length: 6000, at => at >= stepAt ? shift : 0);
            (long at, JournalRecord.DriftFound drift) = Assert.Single(found);
            Assert.InRange(at, stepAt, stepAt + delayMax);
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

    [Theory]
    [InlineData(300)]
    [InlineData(900)]
    public void A_camera_that_is_turned_soon_after_another_one_is_told_as_soon_as_it_may_be(int later)
    {
        output.WriteLine($"seed {Seed}");
        List<(long At, JournalRecord.DriftFound Drift)> found = Cameras(length: 8000, [3000, 3000 + later]);
        Assert.Equal(["cam 0", "cam 1"], found.Select(one => one.Drift.Source));
        Assert.InRange(found[0].At, 3000, 3600);
        Assert.InRange(found[1].At, found[0].At + Options.DriftSamplesMin, 3600 + later + Options.DriftSamplesMin);
        Assert.All(found, one => Assert.True(one.Drift.After > one.Drift.Before + 20));
    }

    [Fact]
    public void Many_cameras_that_are_turned_at_once_are_told_at_two_places_and_nothing_is_told_twice()
    {
        output.WriteLine($"seed {Seed}");
        List<(long At, JournalRecord.DriftFound Drift)> found = Cameras(length: 12_000, [4000, 4000, 4000, 4000]);
        Assert.Equal(["cam 0", "cam 1", "cam 2", "cam 3"], found.Select(one => one.Drift.Source).Order(StringComparer.Ordinal));
        Assert.Equal([found[0].At, .. Enumerable.Repeat(found[0].At + Options.DriftSamplesMin, 3)], found.Select(one => one.At));
    }

    [Fact]
    public void A_change_that_two_measures_show_is_told_once_and_one_before_the_first_thousand_samples_at_their_end()
    {
        output.WriteLine($"seed {Seed}");
        foreach (long changed in new long[] { 500, 3000 })
        {
            var watch = new StreamWatch(Options);
            var chance = new Philox(new DrawKey(Seed, 0, 0, ChanceStream.Test));
            List<long> found = [];
            for (long at = 0; at < 8000; at++)
            {
                int letters = 20 + chance.NextInt(20), digits = at < changed ? 3 + chance.NextInt(4) : 30 + chance.NextInt(9);
                watch.Apply(2 * at, Admit(new Sample(At(at), "host", 0, null, null, null, TextOf(letters, digits))));
                if (watch.Owed is not { } drift) continue;
                found.Add(at);
                watch.Apply(2 * at + 1, drift);
            }

            Assert.InRange(Assert.Single(found), Math.Max(changed, Options.DriftSamplesMin - 1), Math.Max(changed + 400, Options.DriftSamplesMin));
        }
    }

    [Fact]
    public void What_waits_to_be_told_is_saved_and_loaded_and_a_state_of_a_release_that_kept_nothing_waiting_goes_on()
    {
        output.WriteLine($"seed {Seed}");
        List<(long At, JournalRecord.DriftFound Drift)> whole = Cameras(length: 6000, [3000, 3300]);
        Assert.Equal(2, whole.Count);
        for (long cut = 2900; cut < 5000; cut += 97)
        {
            Assert.Equal(whole, Cameras(length: 6000, [3000, 3300], cut, saved => saved));
            Assert.Equal(whole[0].Drift, Cameras(length: 6000, [3000, 3300], cut, OfEarlierRelease)[0].Drift);
        }

        Assert.Equal(whole, Cameras(length: 6000, [3000, 3300], saveAt: 1500, OfEarlierRelease));

        static byte[] OfEarlierRelease(byte[] saved)
        {
            JsonObject state = Check.NotNull(JsonNode.Parse(saved), "a state is an object").AsObject();
            state.Remove("pending");
            foreach ((_, JsonNode? windows) in Check.NotNull(state["sources"], "a state has sources").AsObject())
            {
                foreach ((_, JsonNode? window) in Check.NotNull(windows, "no source is null").AsObject()) Check.NotNull(window, "no window is null").AsObject().Remove("since");
            }

            return System.Text.Encoding.UTF8.GetBytes(state.ToJsonString());
        }
    }

    [Fact]
    public void A_drift_that_a_probe_showed_does_not_settle_one_of_the_stream()
    {
        var watch = new StreamWatch(Options);
        long at = 0;
        for (; watch.Owed is null && at < 20_000; at++) watch.Apply(at, Admit(Frame(at, at < 2000 ? 80 + at % 7 : 180 + at % 7)));
        watch.Apply(at, new JournalRecord.DriftFound("", "frames features, era 3", 0, 2, 0));
        Assert.Equal("frame brightness", watch.Owed?.Measure);
    }

    /// <summary>Cameras that send in turn, each turned at its own sample of the stream.</summary>
    private static List<(long At, JournalRecord.DriftFound Drift)> Cameras(long length, long[] turnedAt, long saveAt = -1, Func<byte[], byte[]>? kept = null)
    {
        var chance = new Philox(new DrawKey(Seed, 1, 0, ChanceStream.Test));
        var watch = new StreamWatch(Options);
        List<(long, JournalRecord.DriftFound)> found = [];
        for (long at = 0; at < length; at++)
        {
            if (at == saveAt) watch = StreamWatch.Load(Options, kept?.Invoke(watch.Save()));
            int camera = (int)(at % turnedAt.Length);
            double light = (at < turnedAt[camera] ? 100 : 160) + 10 * Some.Gaussian(ref chance);
            watch.Apply(2 * turnedAt.Length * at, Admit(Frame(at, light) with { Source = $"cam {camera}" }));
            for (int settled = 1; watch.Owed is { } drift; settled++)
            {
                found.Add((at, drift));
                watch.Apply(2 * turnedAt.Length * at + settled, drift);
            }
        }

        return found;
    }

    private static List<(long At, JournalRecord.DriftFound Drift)> Run(
        int stream, long length, Func<long, double> shift, double correlation = 0, long saveAt = -1) =>
        new SimulatedStream(Seed, stream, Options, correlation).Run(length, shift, saveAt);

    private static JournalRecord.Admitted Admit(Sample sample) => new(sample, false);

    private static Sample Frame(long at, double light) => SimulatedStream.Frame(at, light);

    private static SourceOffset At(long at) => new("stream", 0, 0, at);

    private static Text TextOf(int letters, int digits) => new(System.Text.Encoding.UTF8.GetBytes(new string('a', letters) + new string('7', digits)));
}
