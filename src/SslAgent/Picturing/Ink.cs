namespace SslAgent.Picturing;

/// <summary>A colour, 0 to 255 each.</summary>
internal readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    public static Ink Black { get; } = new(40, 40, 40);

    public static Ink White { get; } = new(255, 255, 255);

    /// <summary>Between two colours: 0 is the first, 1 the second.</summary>
    public static Ink Mix(Ink from, Ink to, double share)
    {
        double at = Math.Clamp(share, 0, 1);
        return new Ink(Part(from.Red, to.Red), Part(from.Green, to.Green), Part(from.Blue, to.Blue));

        byte Part(byte one, byte other) => (byte)Math.Round(one + ((other - one) * at));
    }
}
