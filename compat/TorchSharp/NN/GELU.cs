namespace TorchSharp.Modules;

/// <summary>The Gaussian error linear unit; here only the choice of its form.</summary>
public static class GELU
{
    /// <summary>none: x Φ(x); tanh: Hendrycks and Gimpel's approximation.</summary>
    public enum Approximate
    {
        none,
        tanh,
    }
}
