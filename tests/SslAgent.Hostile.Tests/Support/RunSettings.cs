using System.Globalization;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>
/// What a run is asked for by the environment: <c>SSLAGENT_SEED</c>, <c>SSLAGENT_HOSTILE_COUNT</c> messages, or the one message
/// <c>SSLAGENT_HOSTILE_NUMBER</c>.
/// </summary>
internal sealed record RunSettings(long Seed, long Count, long? Only)
{
    private const long DefaultSeed = 20_261_126, DefaultCount = 100_000;

    public static RunSettings FromEnvironment() =>
        new(Read("SSLAGENT_SEED") ?? DefaultSeed, Read("SSLAGENT_HOSTILE_COUNT") ?? DefaultCount, Read("SSLAGENT_HOSTILE_NUMBER"));

    private static long? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
