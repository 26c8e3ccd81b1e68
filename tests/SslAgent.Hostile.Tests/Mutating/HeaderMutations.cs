using System.Text;
using SslAgent.Domain;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>What a broken or hostile producer puts around the value: headers that lie, have no value, are huge or many; keys; times.</summary>
internal static class HeaderMutations
{
    private static readonly string[] ContentTypes =
    [
        "application/msgpack", "application/json", "text/plain", "image/jpeg", "image/png", "image/svg+xml", "application/octet-stream", "", ";", "TEXT/PLAIN ; x", "\u0000", "\u001b[2J",
        "image/", "x/y\r\nInjected: yes",
    ];

    private static readonly string[] Names = ["content-type", "Content-Type", "contentType", "source", "id", "pair", "ts", "caption", "", "\u0000", "__connect.errors.stage", "SOURCE"];

    private static readonly string[] Times =
        ["NaN", "Infinity", "-Infinity", "-1", "1e400", "0", "253402300799999", "9999-12-31T23:59:59.9999999-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30", " 2026-11-21 ", "1e19", "١٢٣"];

    private static readonly long[] KafkaTimes = [-1, 0, long.MinValue, long.MaxValue, 253_402_300_799_999, 253_402_300_800_000, 1_700_000_000_000];

    public static IReadOnlyList<MessageHeader> Headers(Chance chance, IReadOnlyList<MessageHeader> valid)
    {
        if (!chance.OneIn(3)) return valid;
        var headers = new List<MessageHeader>(valid);
        for (int more = chance.OneIn(50) ? chance.Below(300) : 1 + chance.Below(3); more > 0; more--) headers.Insert(chance.Below(headers.Count + 1), One(chance));
        return headers;
    }

    public static byte[]? Key(Chance chance) => chance.Below(6) switch
    {
        0 => [],
        1 => chance.Bytes(chance.Size(600)),
        2 => Encoding.UTF8.GetBytes("key-" + chance.Below(50)),
        3 => Encoding.UTF8.GetBytes("k\u0007\u001b[0m"),
        _ => null,
    };

    public static long KafkaTime(Chance chance) => chance.OneIn(3) ? chance.Pick(KafkaTimes) : chance.OneIn(2) ? chance.Long() : 1_700_000_000_000 + chance.Below(100_000);

    private static MessageHeader One(Chance chance)
    {
        string name = chance.OneIn(10) ? new string('n', chance.Size(10_000)) : chance.Pick(Names);
        byte[]? value = chance.Below(6) switch
        {
            0 => null,
            1 => [],
            2 => chance.Bytes(chance.Size(2_000)),
            3 => Encoding.UTF8.GetBytes(chance.Pick(Times)),
            4 => Encoding.UTF8.GetBytes(new string('é', chance.Size(400))),
            _ => Encoding.UTF8.GetBytes(chance.Pick(ContentTypes)),
        };
        return new MessageHeader(name, value);
    }
}
