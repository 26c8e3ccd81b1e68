using SslAgent.Domain;
using SslAgent.Guarding.Drift;

namespace SslAgent.Guarding.Simulation;

/// <summary>
/// A camera by numbers alone: flat frames whose brightness is a first-order process with a standard deviation of 10, plus a shift in those deviations.
/// Deterministic in seed and stream.
/// </summary>
/// <param name="Correlation">Of a frame's brightness with the one before.</param>
internal sealed record SimulatedStream(ulong Seed, int Stream, GuardOptions Options, double Correlation = 0)
{
    /// <summary>Where the watch found a drift, by the number of the sample.</summary>
    /// <param name="saveAt">Where the watch is saved and loaded; -1 nowhere.</param>
    public List<(long At, JournalRecord.DriftFound Drift)> Run(long length, Func<long, double> shift, long saveAt = -1)
    {
        var chance = new Philox(new DrawKey(Seed, Stream, 0, ChanceStream.Test));
        var watch = new StreamWatch(Options);
        var found = new List<(long, JournalRecord.DriftFound)>();
        double state = 0;
        for (long at = 0; at < length; at++)
        {
            if (at == saveAt) watch = StreamWatch.Load(Options, watch.Save());
            double gaussian = Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
            state = Correlation * state + Math.Sqrt(1 - Correlation * Correlation) * gaussian;
            watch.Apply(2 * at, new JournalRecord.Admitted(Frame(at, 128 + 10 * (state + shift(at))), false));
            while (watch.Owed is { } drift)
            {
                found.Add((at, drift));
                watch.Apply(2 * at + 1, drift);
            }
        }

        return found;
    }

    public static Sample Frame(long at, double light)
    {
        byte value = (byte)Math.Clamp(Math.Round(light), 0, 255);
        return new Sample(new SourceOffset("stream", 0, 0, at), "cam", 0, null, null, new Frame(2, 2, [.. Enumerable.Repeat(value, 12)]), null);
    }
}
