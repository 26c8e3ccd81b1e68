using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest.Producing;
using SslAgent.Ingest.Tests.Frames;

namespace SslAgent.Ingest.Tests.Decoding;

/// <summary>
/// Valid messages of every kind, mutated: whatever comes, one intake comes out and nothing is thrown. The seed is printed; set
/// SSLAGENT_FUZZ_ROUNDS for longer runs and SSLAGENT_FUZZ_SEED to repeat one.
/// </summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private static readonly string[] ContentTypes = ["application/msgpack", "application/json", "text/plain", "image/jpeg", "image/png", "x/y", ""];

    [Fact]
    public void No_bytes_make_the_decoder_throw()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("SSLAGENT_FUZZ_ROUNDS") ?? "20000", System.Globalization.CultureInfo.InvariantCulture);
        int seed = int.Parse(Environment.GetEnvironmentVariable("SSLAGENT_FUZZ_SEED") ?? "20261121", System.Globalization.CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}, {rounds} rounds");
        var random = new Random(seed);
        byte[][] valid = [.. Valid()];
        MessageDecoder decoder = Deliveries.Decoder(new IngestOptions { Frames = new FrameOptions { PixelsMax = 1_000_000 } });
        var outcomes = new Dictionary<string, int>();
        for (int round = 0; round < rounds; round++)
        {
            Delivery delivery = Mutant(random, valid[random.Next(valid.Length)], round);
            try
            {
                Intake intake = decoder.Decode(delivery);
                Assert.Equal(delivery.At, intake.At);
                string outcome = intake is Intake.Refused refused ? refused.Rejection.Stage : intake.GetType().Name;
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToHexString(delivery.Value ?? [])}", wrong);
            }
        }

        output.WriteLine(string.Join(", ", outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}")));
        Assert.Equal(rounds, outcomes.Values.Sum());
        Assert.True(outcomes["Accepted"] > rounds / 20 && outcomes["envelope"] > rounds / 20 && outcomes["frame"] > rounds / 50, "mutations reach every stage");
    }

    private static IEnumerable<byte[]> Valid()
    {
        byte[] small = Pictures.Gradient(24, 24);
        foreach (string suffix in (string[])[".jpg", ".png", ".webp", ".gif"]) yield return Pictures.Encode(small, 24, 24, suffix);
        yield return Pictures.Jpeg(64, 64);
        yield return new ContractMessage { Source = "s", Id = "1", TimeMs = 5, Text = "words", Pair = "p" }.Encode();
        yield return new ContractMessage { Source = "s", Data = Pictures.Jpeg(20, 20), Caption = "caption" }.Encode();
        yield return new ContractMessage { Source = "s", Data = small, Format = "rgb8", Width = 24, Height = 24 }.Encode();
        yield return Encoding.UTF8.GetBytes("""{"@timestamp":"2026-11-21T03:04:05Z","host":{"name":"h"},"message":"m \u00e9 \n x","n":[1,{"a":null}]}""");
        yield return Encoding.UTF8.GetBytes("a plain line of a log");
        yield return Encoding.UTF8.GetBytes("\u001b[1mZo\u0308e \u1112\u1161\u11ab \U0001F431");
    }

    private static Delivery Mutant(Random random, byte[] valid, int round)
    {
        byte[] value = [.. valid];
        for (int edits = random.Next(4); edits > 0 && value.Length > 0; edits--) value = Edit(random, value);
        var headers = new List<MessageHeader>();
        if (random.Next(4) == 0) headers.Add(new MessageHeader("content-type", Encoding.UTF8.GetBytes(ContentTypes[random.Next(ContentTypes.Length)])));
        foreach (string name in (string[])["source", "id", "pair", "ts", "caption", "other"])
        {
            if (random.Next(8) == 0) headers.Add(new MessageHeader(name, RandomBytes(random)));
        }

        var at = new SourceOffset("stream", 0, 0, round);
        return new Delivery(at, random.NextInt64(-5, long.MaxValue), random.Next(3) == 0 ? RandomBytes(random) : null, random.Next(100) == 0 ? null : value, headers);
    }

    private static byte[]? RandomBytes(Random random)
    {
        if (random.Next(5) == 0) return null;
        byte[] bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Edit(Random random, byte[] value)
    {
        int at = random.Next(value.Length), length = Math.Min(value.Length - at, random.Next(1, 16));
        switch (random.Next(6))
        {
            case 0:
                value[at] ^= (byte)(1 << random.Next(8));
                return value;
            case 1:
                random.NextBytes(value.AsSpan(at, length));
                return value;
            case 2:
                return value[..at];
            case 3:
                return [.. value[..at], .. value[(at + length)..]];
            case 4:
                return [.. value[..at], .. value[at..(at + length)], .. value[at..]];
            default:
                value.AsSpan(at, length).Fill((byte)(random.Next(2) == 0 ? 0xFF : 0));
                return value;
        }
    }
}
