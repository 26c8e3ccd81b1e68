using System.Globalization;

namespace SslAgent.Picturing;

/// <summary>Numbers onto dots, with round numbers to label.</summary>
internal sealed class Axis
{
    private readonly double _low, _high;
    private readonly int _from, _to;

    /// <param name="from">Dot of the lowest number.</param>
    /// <param name="to">Dot of the highest one; it may be the smaller.</param>
    public Axis(double low, double high, int from, int to)
    {
        double room = high > low ? (high - low) * 0.05 : Math.Max(1e-6, Math.Abs(low) * 0.1);
        (_low, _high, _from, _to) = (low - room, high + room, from, to);
    }

    public int At(double value) => (int)Math.Round(_from + ((value - _low) / (_high - _low) * (_to - _from)));

    public IEnumerable<(double Value, string Label)> Ticks()
    {
        double raw = (_high - _low) / 7, power = Math.Pow(10, Math.Floor(Math.Log10(raw))), step = new[] { 1.0, 2, 5, 10 }.First(one => one * power >= raw) * power;
        int decimals = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
        for (double at = Math.Ceiling(_low / step) * step; at <= _high; at += step)
        {
            // Not "-0".
            double value = Math.Abs(at) < step / 1e6 ? 0 : at;
            yield return (value, value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        }
    }
}
