using SslAgent.Domain;
using SslAgent.Learning.Batches;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// Short films, each a source of its own: a disc flies over a ground and bounces off its walls, ten pictures a second. Place, course and colours follow from the film's number; those that are held out are others.
/// </summary>
internal sealed class Films : IBatchSource, ISentinelSource
{
    public const int FramesEach = 24, FrameMs = 100, HeldOutFrom = 1000;

    private const int Side = 16;

    private readonly SamplesInMemory _training, _heldOut;

    /// <param name="plain">Whether all films have the same colours, so that nothing tells two of them apart but what moves.</param>
    public Films(int films, bool plain = false, int heldOut = 8) => (_training, _heldOut) = (Of(0, films, plain), Of(HeldOutFrom, heldOut, plain));

    public AvailableData Available => _training.Available;

    public IReadOnlyList<Era> Eras => [new(0, "held out", _heldOut.Available.Frames, 0, 0)];

    public Batch Draw(Modality modality, int count, DrawKey key) => _training.Draw(modality, count, key);

    public int CountWindows(WindowShape shape) => _training.CountWindows(shape);

    public Batch DrawWindows(WindowShape shape, int count, DrawKey key) => _training.DrawWindows(shape, count, key);

    public Batch Read(int era, Modality modality, int countMax) =>
        modality == Modality.Frame ? _heldOut.Draw(modality, countMax, default) : new Batch(modality, [], [], []);

    public Batch ReadWindows(int era, WindowShape shape, int windowsMax) => _heldOut.DrawWindows(shape, Math.Min(windowsMax, _heldOut.CountWindows(shape)), default);

    /// <summary>A film's picture at a time.</summary>
    public static Frame Picture(int film, int frame, bool plain = false)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 3, film, ChanceStream.Test));
        byte[] disc = Colour(ref chance), ground = Colour(ref chance);
        if (plain) (disc, ground) = ([250, 250, 250], [10, 10, 10]);
        double x = Side * chance.NextDouble(), y = Side * chance.NextDouble(), angle = 2 * Math.PI * chance.NextDouble(), speed = 0.8 + (0.6 * chance.NextDouble());
        (x, y) = (Bounced(x + (frame * speed * Math.Cos(angle))), Bounced(y + (frame * speed * Math.Sin(angle))));
        var rgb = new byte[Side * Side * Frame.Channels];
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            double dx = (pixel % Side) - x, dy = (pixel / Side) - y;
            ((dx * dx) + (dy * dy) < 12 ? disc : ground).CopyTo(rgb, pixel * Frame.Channels);
        }

        return new Frame(Side, Side, rgb);
    }

    private static SamplesInMemory Of(int first, int films, bool plain)
    {
        (int Film, int Frame)[] all = [.. Enumerable.Range(first, films).SelectMany(film => Enumerable.Range(0, FramesEach).Select(frame => (film, frame)))];
        return new SamplesInMemory([.. all.Select(one => Picture(one.Film, one.Frame, plain))], moments: [.. all.Select(one => new Moment($"film {one.Film}", one.Frame * FrameMs))]);
    }

    private static double Bounced(double at)
    {
        double within = Math.Abs(at) % (2 * Side);
        return within < Side ? within : (2 * Side) - within;
    }

    private static byte[] Colour(ref Philox chance) => [(byte)chance.NextInt(256), (byte)chance.NextInt(256), (byte)chance.NextInt(256)];
}
