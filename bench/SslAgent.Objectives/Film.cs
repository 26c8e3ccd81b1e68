using System.Globalization;
using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Learning.Batches;

namespace SslAgent.Objectives;

/// <summary>
/// A fixed camera above a street: its first three quarters to learn from, the rest to be asked about. Nobody labelled it, so what is asked is what the film itself tells: in which field of the picture most moves,
/// by the difference from the median over the first part.
/// </summary>
internal static class Film
{
    /// <summary>Fields along a side.</summary>
    private const int Fields = 3;

    /// <summary>Every so many frames one is taken into the median.</summary>
    private const int MedianStride = 8;

    public static Material Load(DataFolders folders, Budget budget)
    {
        StreamItem[] items = [.. VideoFrames.Street(folders).Take(budget.TrainMax)];
        Frame[] frames = [.. items.Select(item => item.Frame).OfType<Frame>()];
        Moment[] moments = [.. items.Select(item => new Moment(item.Source, item.TimeMs))];
        int known = frames.Length * 3 / 4;
        byte[] still = Median([.. frames.Take(known).Where((_, place) => place % MedianStride == 0)]);
        Labelled[] labelled = [.. frames.Select(frame => new Labelled(frame, null, Busiest(frame, still).ToString(CultureInfo.InvariantCulture)))];
        return new Material(
            new SamplesInMemory(frames[..known], moments: moments[..known]), new HeldOutEra { Frames = frames[known..], Moments = moments[known..] }, [],
            new LabelTask("where most moves", EmbeddingSpace.Frames, labelled[..known], labelled[known..]));
    }

    private static byte[] Median(Frame[] frames) =>
        [.. Enumerable.Range(0, frames[0].Rgb.Length).Select(i => frames.Select(frame => frame.Rgb[i]).Order().ElementAt(frames.Length / 2))];

    private static int Busiest(Frame frame, byte[] still)
    {
        var moved = new long[Fields * Fields];
        for (int i = 0; i < still.Length; i++)
        {
            int pixel = i / Frame.Channels, x = pixel % frame.Width, y = pixel / frame.Width;
            moved[(y * Fields / frame.Height * Fields) + (x * Fields / frame.Width)] += Math.Abs(frame.Rgb[i] - still[i]);
        }

        return Array.IndexOf(moved, moved.Max());
    }
}
