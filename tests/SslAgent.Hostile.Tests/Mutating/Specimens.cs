using System.Buffers;
using System.Text;
using MessagePack;
using SslAgent.Ingest.Producing;
using SslAgent.Ingest.Tests.Frames;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>Valid messages of every kind that the agent accepts: docs/formats/wire.md.</summary>
internal static class Specimens
{
    private const int Side = 24;

    public static IReadOnlyList<Specimen> All { get; } = [.. Contracts(), .. Bare(), .. Jsons(), .. Texts()];

    private static IEnumerable<Specimen> Contracts()
    {
        var text = new ContractMessage { Source = "s", Id = "1", TimeMs = 1_700_000_000_000, Text = "words of a line", Pair = "p" };
        byte[] pixels = Pictures.Gradient(Side, Side);
        yield return new("contract text", ValueKind.Contract, text.Encode(), Specimen.Header("content-type", "application/msgpack"));
        yield return new("contract text, sniffed", ValueKind.Contract, text.Encode());
        yield return new("contract with every kind of value", ValueKind.Contract, Rich());
        yield return new("contract jpeg", ValueKind.Contract, new ContractMessage { Source = "c", Data = Pictures.Jpeg(20, 20), Caption = "a dog", Format = "jpeg" }.Encode());
        yield return new("contract png", ValueKind.Contract, new ContractMessage { Source = "c", Data = Encoded(".png"), Pair = "p" }.Encode());
        yield return new("contract rgb8", ValueKind.Contract, new ContractMessage { Source = "c", Data = pixels, Format = "rgb8", Width = Side, Height = Side }.Encode());
    }

    private static IEnumerable<Specimen> Bare()
    {
        yield return new("jpeg", ValueKind.Jpeg, Pictures.Jpeg(Side, Side));
        yield return new("jpeg as stored", ValueKind.Jpeg, Pictures.Jpeg(16, 16), Specimen.Header("content-type", "image/jpeg"));
        yield return new("progressive jpeg", ValueKind.Jpeg, Pictures.Encode(Pictures.Gradient(40, 40), 40, 40, ".jpg[interlace]"), Specimen.Header("caption", "words"));
        yield return new("cmyk jpeg", ValueKind.Jpeg, Pictures.Encode(Pictures.Gradient(Side, Side), Side, Side, ".jpg[strip]", Pictures.Cmyk));
        yield return new("png", ValueKind.Png, Encoded(".png"));
        yield return new("png with transparency", ValueKind.Png, Pictures.Encode(Pictures.Gradient(Side, Side, 4, 100), Side, Side, ".png[interlace]"));
        yield return new("png of 16 bits", ValueKind.Png, Pictures.Encode(Pictures.Gradient(Side, Side), Side, Side, ".png", Pictures.Rgb16));
        yield return new("png with a palette", ValueKind.Png, Encoded(".png[palette]"));
        yield return new("webp", ValueKind.WebP, Encoded(".webp"), Specimen.Header("content-type", "image/webp"));
        yield return new("lossless webp", ValueKind.WebP, Encoded(".webp[lossless]"));
        yield return new("moving webp", ValueKind.WebP, Pictures.Encode(Pictures.Gradient(16, 48, 4, 90), 16, 48, ".webp", pageHeight: 16));
        yield return new("gif", ValueKind.Gif, Encoded(".gif"));
        yield return new("moving gif", ValueKind.Gif, Pictures.Encode(Pictures.Gradient(16, 64), 16, 64, ".gif", pageHeight: 16));
    }

    private static IEnumerable<Specimen> Jsons()
    {
        yield return Json("filebeat", """
            {"@timestamp":"2026-11-21T03:04:05.678Z","@metadata":{"beat":"filebeat","version":"8.15.0"},"log":{"offset":4711,"file":{"path":"/var/log/syslog"}},
             "message":"disk full \u00e9 \u2028","input":{"type":"filestream"},"agent":{"name":"web-1","type":"filebeat"},"ecs":{"version":"8.0.0"},"host":{"name":"web-1"},"tags":["a","b",{"c":null}]}
            """);
        yield return Json("fluent bit", """
            {"date":1700000000.123456,"log":"2026-11-21T03:04:05Z stdout F started\n","stream":"stdout","kubernetes":{"pod_name":"api-7f","labels":{"app":"api"},"annotations":{}},"tag":"kube.api"}
            """);
        yield return Json("any", """{"ts":1700000000000,"level":"info","msg":"a \ud83d\ude00 line","logger":"app","n":[1,2.5,-3e8,true,false,null]}""");
        yield return new("declared json", ValueKind.Json, """{"message":"words","source":"x"}"""u8.ToArray(), Specimen.Header("content-type", "application/json; charset=utf-8"));
    }

    private static IEnumerable<Specimen> Texts()
    {
        yield return new("line", ValueKind.Text, "Nov 21 03:04:05 host sshd[12]: Accepted publickey for root"u8.ToArray());
        yield return new("declared line", ValueKind.Text, "a line\r\n"u8.ToArray(), Specimen.Header("content-type", "text/plain"), Specimen.Header("ts", "2026-11-21T03:04:05Z"));
        yield return new("line of many scripts", ValueKind.Text, Encoding.UTF8.GetBytes("\u001b[1;31mZo\u0308e\u001b[0m \u1112\u1161\u11ab \U0001F431 \u202Eabc \uFEFF日本語 \U0001D160"));
    }

    private static Specimen Json(string name, string text) => new($"json, {name}", ValueKind.Json, Encoding.UTF8.GetBytes(text));

    private static byte[] Encoded(string suffix) => Pictures.Encode(Pictures.Gradient(Side, Side), Side, Side, suffix);

    /// <summary>A text whose unknown keys hold every type that MessagePack has.</summary>
    private static byte[] Rich()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(7);
        writer.Write("v");
        writer.Write(1);
        writer.Write("kind");
        writer.Write("text");
        writer.Write("text");
        writer.Write("hello");
        writer.Write("id");
        writer.Write(18_000_000_000_000_000_000UL);
        writer.Write("ts");
        writer.Write(new DateTime(2026, 11, 21, 3, 4, 5, DateTimeKind.Utc));
        writer.Write("list");
        writer.WriteArrayHeader(3);
        writer.Write(1.5);
        writer.WriteNil();
        writer.Write(new byte[300]);
        writer.Write("map");
        writer.WriteMapHeader(1);
        writer.Write(true);
        writer.Write(-70_000);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
