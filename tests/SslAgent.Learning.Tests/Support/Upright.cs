using SslAgent.Domain;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// Numbered pictures with a top and a bottom, a left and a right: light falls from above and from the left on a ground of the number's own colour and fades, and a disc lies in it. Which way is up can be seen, and
/// where a piece is from, as it can in photographs.
/// </summary>
internal static class Upright
{
    public static Frame Frame(int number, int side = 16)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 3, number, ChanceStream.Test));
        double[] ground = [30 + (110 * chance.NextDouble()), 30 + (110 * chance.NextDouble()), 30 + (110 * chance.NextDouble())];
        double x = side * (0.25 + (0.5 * chance.NextDouble())), y = side * (0.25 + (0.5 * chance.NextDouble())), radius = side * (0.15 + (0.15 * chance.NextDouble()));
        var rgb = new byte[side * side * Domain.Frame.Channels];
        for (var pixel = 0; pixel < side * side; pixel++)
        {
            int column = pixel % side, row = pixel / side;
            bool disc = ((column - x) * (column - x)) + ((row - y) * (row - y)) < radius * radius;
            double down = (double)row / side, right = (double)column / side, light = (70 * (1 - down) * (1 - down)) + (40 * (1 - right) * (1 - right));
            for (var channel = 0; channel < Domain.Frame.Channels; channel++)
                rgb[(pixel * Domain.Frame.Channels) + channel] = (byte)Math.Clamp(light + (disc ? 230 - ground[channel] : ground[channel]), 0, 255);
        }

        return new Frame(side, side, rgb);
    }

    public static Batch Batch(IEnumerable<int> numbers)
    {
        int[] all = [.. numbers];
        return new Batch(Modality.Frame, [.. all.Select(number => new SampleId(number))], [.. all.Select(number => Frame(number))], []);
    }
}

/// <summary>A frozen view of them from which batches are drawn by key.</summary>
internal sealed class UprightSource(int frames) : IBatchSource
{
    public AvailableData Available { get; } = new(frames, 0, 0);

    public Batch Draw(Modality modality, int count, DrawKey key)
    {
        int[] order = [.. Enumerable.Range(0, frames)];
        new Philox(key).Shuffle<int>(order);
        return Upright.Batch(order.Take(count));
    }
}

/// <summary>Two eras of them that no training view holds.</summary>
internal sealed class UprightSentinels : ISentinelSource
{
    private const int FirstNumber = 10_000, EraSamples = 20;

    public IReadOnlyList<Era> Eras { get; } = [new(0, "first", EraSamples, 0, 0), new(1, "second", EraSamples, 0, 0)];

    public Batch Read(int era, Modality modality, int countMax) =>
        Upright.Batch(modality == Modality.Frame ? Enumerable.Range(FirstNumber + (era * EraSamples), Math.Min(countMax, EraSamples)) : []);
}
