using SslAgent.Domain;

namespace SslAgent.Guarding.Drift;

/// <summary>What can be told of a sample at once, without a model: numbers that move when a camera is turned or a program changes its log format.</summary>
internal static class SampleMeasures
{
    /// <summary>Pixels of a frame that are looked at, evenly spread.</summary>
    private const int PixelsMax = 4096;

    public static IEnumerable<(string Name, double Value)> Of(Sample sample)
    {
        if (sample.Frame is { } frame)
        {
            (double mean, double std) = Luminance(frame);
            yield return ("frame brightness", mean);
            yield return ("frame contrast", std);
        }

        if (sample.Text is not { Utf8.Length: > 0 } text) yield break;
        yield return ("text length", Math.Log(text.Utf8.Length));
        yield return ("share of letters", text.Utf8.Count(IsLetter) / (double)text.Utf8.Length);
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

    /// <summary>A letter of ASCII, or part of any other one.</summary>
    private static bool IsLetter(byte unit) => unit >= 128 || char.IsAsciiLetter((char)unit);
}
