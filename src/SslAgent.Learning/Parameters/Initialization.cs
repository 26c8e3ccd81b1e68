using System.Runtime.InteropServices;
using SslAgent.Domain;

namespace SslAgent.Learning.Parameters;

/// <summary>
/// First weights, drawn on the host so that every device and library starts from the same ones. Keyed by the parameter's place in the layout:
/// a parameter's first values do not depend on how many were drawn before it.
/// </summary>
internal static class Initialization
{
    private const float NormalStd = 0.02f;
    private static readonly float FirstLogitScale = MathF.Log(1 / 0.07f);

    /// <summary>All masters, gaps zero.</summary>
    public static float[] Draw(ParameterLayout layout, ulong seed)
    {
        var values = new float[checked((int)layout.Count)];
        for (var index = 0; index < layout.Slots.Count; index++)
        {
            ParameterSlot slot = layout.Slots[index];
            Span<float> range = values.AsSpan(checked((int)slot.Offset), checked((int)slot.Spec.Count));
            Fill(range, slot.Spec, new DrawKey(seed, 0, 0, ChanceStream.Initialization, index));
        }

        return values;
    }

    /// <summary>The masters' bytes, little-endian.</summary>
    public static ReadOnlySpan<byte> BytesOf(float[] values) => MemoryMarshal.AsBytes(values.AsSpan());

    private static void Fill(Span<float> values, ParameterSpec spec, DrawKey key)
    {
        var chance = new Philox(key);
        switch (spec.Initial)
        {
            case Initial.Ones:
                values.Fill(1);
                break;
            case Initial.LogitScale:
                values.Fill(FirstLogitScale);
                break;
            case Initial.Constant:
                values.Fill((float)spec.Value);
                break;
            case Initial.Normal:
                for (var i = 0; i < values.Length; i++) values[i] = CutNormal(ref chance) * NormalStd;
                break;
            case Initial.Xavier:
                float bound = MathF.Sqrt(6f / (spec.Shape[0] + spec.Shape[1]));
                for (var i = 0; i < values.Length; i++) values[i] = (2 * chance.NextSingle() - 1) * bound;
                break;
            default:
                values.Clear();
                break;
        }
    }

    /// <summary>Standard normal within two deviations (Box and Muller 1958, redrawn outside).</summary>
    private static float CutNormal(ref Philox chance)
    {
        while (true)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble()));
            double value = radius * Math.Cos(2 * Math.PI * chance.NextDouble());
            if (Math.Abs(value) <= 2) return (float)value;
        }
    }
}
