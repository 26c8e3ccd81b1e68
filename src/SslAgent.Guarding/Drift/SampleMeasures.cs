using SslAgent.Domain;

namespace SslAgent.Guarding.Drift;

/// <summary>What can be told of a sample at once, without a model: numbers that move when a camera is turned or a program changes its log format.</summary>
internal static class SampleMeasures
{
    /// <summary>Pixels of a frame that are looked at, evenly spread.</summary>
    private const int PixelsMax = 4096;

    /// <summary>The measures, in the order of their values.</summary>
    public static IReadOnlyList<string> Names { get; } = ["frame brightness", "frame contrast", "text length", "share of letters"];

    /// <summary>Writes a value for each name; NaN where the sample has no such thing.</summary>
    public static void Of(Sample sample, Span<double> values)
    {
        values.Fill(double.NaN);
        if (sample.Frame is { } frame) (values[0], values[1]) = Luminance(frame);
        if (sample.Text is not { Utf8.Length: > 0 } text) return;
        values[2] = Math.Log(text.Utf8.Length);
        values[3] = CountLetters(text.Utf8) / (double)text.Utf8.Length;
    }

    /// <summary>Mean and standard deviation over pixels of (R + G + B) / 3, from 0 to 255.</summary>
    private static (double Mean, double Std) Luminance(Frame frame)
    {
        int pixels = frame.Width * frame.Height, step = Math.Max(1, pixels / PixelsMax);
        long sum = 0, squares = 0, count = 0;
        for (int pixel = 0; pixel < pixels; pixel += step)
        {
            int at = pixel * Frame.Channels, light = frame.Rgb[at] + frame.Rgb[at + 1] + frame.Rgb[at + 2];
            sum += light;
            squares += (long)light * light;
            count++;
        }

        double mean = (double)sum / count;
        return (mean / Frame.Channels, Math.Sqrt(Math.Max(0, (double)squares / count - mean * mean)) / Frame.Channels);
    }

    /// <summary>Letters of ASCII, and parts of any other ones.</summary>
    private static int CountLetters(ReadOnlySpan<byte> utf8)
    {
        int letters = 0;
        foreach (byte unit in utf8)
        {
            // Without a branch: what is a letter follows no pattern that a processor could guess.
            letters += ((uint)((unit | 0x20) - 'a') <= 'z' - 'a' ? 1 : 0) | (unit >> 7);
        }

        return letters;
    }
}
