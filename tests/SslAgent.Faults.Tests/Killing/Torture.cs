using System.Globalization;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>How long and by which chance the suite runs: <c>make torture</c> sets SSLAGENT_TORTURE=1; SSLAGENT_SEED repeats a run.</summary>
internal static class Torture
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("SSLAGENT_TORTURE") == "1";

    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SSLAGENT_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int seed) ? seed : 20261126;
}
