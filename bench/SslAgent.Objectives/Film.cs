using System.Globalization;
using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Learning.Batches;

namespace SslAgent.Objectives;

/// <summary>
/// A fixed camera above a street: of each fifteen seconds ten to learn from and five to be asked about. Nobody labelled it, so what is asked is what the film itself tells: how far to the right the middle lies of
/// all that moved, by the difference from the median of what is learned from; in quarters of the film's frames, so that no answer is more frequent than another.
/// </summary>
internal static class Film
{
    private const int Quarters = 4, PeriodFrames = 150, LearnedFrames = 100;

    /// <summary>Levels by which a channel differs where something moved: more than the noise of the camera.</summary>
    private const int MovedMin = 30;

    /// <summary>Every so many frames one is taken into the median.</summary>
    private const int MedianStride = 8;

    public static Material Load(DataFolders folders, Budget budget)
    {
        (Frame Frame, Moment Moment)[] film =
            [.. from item in VideoFrames.Street(folders).Take(budget.TrainMax) where item.Frame is not null select (item.Frame, new Moment(item.Source, item.TimeMs))];
        int[] places = [.. Enumerable.Range(0, film.Length)];
        int[] known = [.. places.Where(place => place % PeriodFrames < LearnedFrames)], asked = [.. places.Except(known)];
        byte[] still = Median([.. known.Where((_, at) => at % MedianStride == 0).Select(place => film[place].Frame)]);
        double[] middles = [.. film.Select(one => MiddleOfMoved(one.Frame, still))], sorted = [.. middles.Order()];
        int Quarter(double middle) => Array.BinarySearch(sorted, middle) * Quarters / sorted.Length;
        Labelled[] labelled = [.. film.Select((one, place) => new Labelled(one.Frame, null, Quarter(middles[place]).ToString(CultureInfo.InvariantCulture)))];
        Frame[] Frames(int[] some) => [.. some.Select(place => film[place].Frame)];
        Moment[] Moments(int[] some) => [.. some.Select(place => film[place].Moment)];
        return new Material(
            new SamplesInMemory(Frames(known), moments: Moments(known)), new HeldOutEra { Frames = Frames(asked), Moments = Moments(asked) }, [],
            new LabelTask("where it moves", EmbeddingSpace.Frames, [.. known.Select(place => labelled[place])], [.. asked.Select(place => labelled[place])]));
    }

    private static byte[] Median(Frame[] frames) =>
        [.. Enumerable.Range(0, frames[0].Rgb.Length).Select(i => frames.Select(frame => frame.Rgb[i]).Order().ElementAt(frames.Length / 2))];

    /// <summary>Columns from the left edge; 0 where nothing moved.</summary>
    private static double MiddleOfMoved(Frame frame, byte[] still)
    {
        long moved = 0, columns = 0;
        for (int pixel = 0; pixel < frame.Width * frame.Height; pixel++)
        {
            int from = pixel * Frame.Channels;
            if (!Enumerable.Range(from, Frame.Channels).Any(i => Math.Abs(frame.Rgb[i] - still[i]) > MovedMin)) continue;
            moved++;
            columns += pixel % frame.Width;
        }

        return moved == 0 ? 0 : columns / (double)moved;
    }
}
