using System.Text;
using SslAgent.Continual.Streams;
using SslAgent.Domain;

namespace SslAgent.Continual.Measures;

/// <summary>Features that nobody learned: pixels averaged over squares, and how often each byte occurs.</summary>
internal static class RawFeatures
{
    private const int Side = 16, Bytes = 256;

    public static float[] Of(Labelled one) => one.Frame is { } frame ? Of(frame) : Of(one.Text ?? new Text(Encoding.UTF8.GetBytes("")));

    public static float[] Of(Frame frame)
    {
        int square = frame.Width / Side;
        var mean = new float[Side * Side * Frame.Channels];
        for (int y = 0; y < Side * square; y++)
        {
            for (int x = 0; x < Side * square; x++)
            {
                int from = ((y * frame.Width) + x) * Frame.Channels, to = (((y / square) * Side) + (x / square)) * Frame.Channels;
                for (int channel = 0; channel < Frame.Channels; channel++) mean[to + channel] += frame.Rgb[from + channel] / (255f * square * square);
            }
        }

        return mean;
    }

    public static float[] Of(Text text)
    {
        var share = new float[Bytes];
        foreach (byte one in text.Utf8) share[one] += 1f / text.Utf8.Length;
        return share;
    }
}
