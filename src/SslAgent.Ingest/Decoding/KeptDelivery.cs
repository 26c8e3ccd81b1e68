using System.Globalization;
using System.Text;
using SslAgent.Domain;

namespace SslAgent.Ingest.Decoding;

/// <summary>
/// What of a refused delivery is kept for the journal and the dead letters: all of it, up to a size that a journal record always holds. A few hundred kilobytes,
/// compressed by their producer, can unfold to gigabytes in the consumer: such a message is a refusal too, never the end of the stream.
/// </summary>
internal static class KeptDelivery
{
    /// <summary>Above this a refused message is kept without its value (and without key and headers, where those alone are too large).</summary>
    public const long BytesMax = 128 * 1_048_576;

    /// <summary>The header that then says how large the value was, as in a dead letter that the broker found too large.</summary>
    public const string ValueBytesHeader = "__sslagent.errors.value.bytes";

    public static Delivery Of(Delivery delivery)
    {
        if (delivery.Bytes <= BytesMax) return delivery;
        string size = (delivery.Value?.Length ?? 0).ToString(CultureInfo.InvariantCulture);
        var header = new MessageHeader(ValueBytesHeader, Encoding.UTF8.GetBytes(size));
        Delivery light = delivery with { Value = [], Headers = [.. delivery.Headers, header] };
        return light.Bytes <= BytesMax ? light : light with { Key = null, Headers = [header] };
    }
}
