using System.Globalization;
using System.Text;

namespace SslAgent.Bench;

/// <summary>What the ingest measurement sends: lines as sshd writes them, and JPEGs of two sizes.</summary>
internal static class IngestContents
{
    private static readonly CompositeFormat LineFormat =
        CompositeFormat.Parse("Nov 21 05:{0:00}:{1:00} web-1 sshd[{2}]: Failed password for invalid user u{3} from 10.0.{4}.{5} port {6} ssh2");

    public static byte[][] Of(string kind) => kind switch
    {
        "text" => [.. Enumerable.Range(0, 5_000).Select(Line)],
        "frames64" => [.. Enumerable.Range(0, 200).Select(seed => VipsAlone.Jpeg(64, 64, seed))],
        "frames640" => [.. Enumerable.Range(0, 40).Select(seed => VipsAlone.Jpeg(640, 480, seed))],
        _ => throw new ArgumentException($"no contents of kind {kind}", nameof(kind)),
    };

    private static byte[] Line(int i) => Encoding.UTF8.GetBytes(string.Format(
        CultureInfo.InvariantCulture, LineFormat, i / 60 % 60, i % 60, 1_000 + i, i % 777, i % 251, i % 199, 1_024 + i * 7));
}
