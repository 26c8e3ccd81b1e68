namespace SslAgent.Learning.Parameters;

/// <summary>How a parameter's first values are drawn.</summary>
internal enum Initial
{
    Zeros = 0,
    Ones = 1,

    /// <summary>Normal with standard deviation 0.02, cut at two of them (Devlin et al. 2018).</summary>
    Normal = 2,

    /// <summary>Uniform with the variance of Glorot and Bengio 2010, as MAE initialises linear layers.</summary>
    Xavier = 3,

    /// <summary>ln(1 / 0.07): the logarithm of CLIP's first temperature.</summary>
    LogitScale = 4,

    /// <summary>All the spec's own value.</summary>
    Constant = 5,
}

/// <summary>One trainable tensor.</summary>
/// <param name="Name">Its name in stored versions, readable from PyTorch.</param>
/// <param name="Decayed">Whether weight decay applies: matrices yes; biases, gains and positions no.</param>
/// <param name="Max">Ceiling that values are clamped to after each step, or null.</param>
/// <param name="Value">What <see cref="Initial.Constant"/> begins at.</param>
internal sealed record ParameterSpec(string Name, IReadOnlyList<long> Shape, Initial Initial, bool Decayed, double? Max = null, double Value = 0)
{
    public long Count => Shape.Aggregate(1L, (product, side) => product * side);

    public static ParameterSpec Matrix(string name, long rows, long columns) => new(name, [rows, columns], Initial.Xavier, Decayed: true);

    public static ParameterSpec Bias(string name, long width) => new(name, [width], Initial.Zeros, Decayed: false);

    public static ParameterSpec Gain(string name, long width) => new(name, [width], Initial.Ones, Decayed: false);

    public static ParameterSpec Table(string name, long rows, long columns, bool decayed) => new(name, [rows, columns], Initial.Normal, decayed);
}

/// <summary>
/// Parameters that are trained together and have one step count. An objective names the sections it touches;
/// the others keep weights, moments and counters.
/// </summary>
internal sealed record SectionSpec(string Name, IReadOnlyList<ParameterSpec> Parameters);
