using System.Globalization;
using SslAgent.Domain;
using SslAgent.Hostile.Tests.Mutating;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>A message that broke something, kept as files: the value as it is, and beside it what it was and how to send it again alone.</summary>
internal static class FailedMessage
{
    public static InvalidOperationException Keep(long seed, HostileMessage message, Exception cause)
    {
        string folder = Path.Combine(Path.GetTempPath(), "sslagent-hostile");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{seed}-{message.Number}"));
        File.WriteAllBytes(path + ".bin", message.Delivery.Value ?? []);
        string again = string.Create(CultureInfo.InvariantCulture, $"SSLAGENT_SEED={seed} SSLAGENT_HOSTILE_NUMBER={message.Number}");
        File.WriteAllLines(path + ".txt", Describe(message).Append($"again: {again} dotnet run --project tests/SslAgent.Hostile.Tests -c Release").Append(cause.ToString()));
        return new InvalidOperationException($"message {message.Number} of seed {seed} ({message.Story}) is kept as {path}.bin; alone: {again}. {cause.Message}", cause);
    }

    private static IEnumerable<string> Describe(HostileMessage message)
    {
        Delivery delivery = message.Delivery;
        yield return $"at {delivery.At}, made from {message.Story}";
        yield return $"time {delivery.TimeMs}, value {delivery.Value?.Length.ToString(CultureInfo.InvariantCulture) ?? "null"} bytes";
        yield return $"key {Hex(delivery.Key)}";
        foreach (MessageHeader header in delivery.Headers) yield return $"header {Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(header.Name))}: {Hex(header.Value)}";
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);
}
