using SslAgent.Domain;
using SslAgent.Learning.Text;

namespace SslAgent.Bench;

/// <summary>A small pool of noise frames and lines of one length: what they show does not matter to the clock.</summary>
internal sealed class FixedSource : IBatchSource
{
    private const int PoolSize = 512;

    private readonly Frame[] _frames = new Frame[PoolSize];
    private readonly Text[] _texts = new Text[PoolSize];

    public FixedSource(int imageSize, int textBytes)
    {
        for (var number = 0; number < PoolSize; number++)
        {
            var chance = new Philox(new DrawKey(1, 0, number, ChanceStream.Test));
            var rgb = new byte[imageSize * imageSize * Frame.Channels];
            foreach (ref byte value in rgb.AsSpan()) value = (byte)chance.NextUInt32();
            var line = new byte[textBytes];
            foreach (ref byte value in line.AsSpan()) value = (byte)('a' + chance.NextInt(26));
            _frames[number] = new Frame(imageSize, imageSize, rgb);
            _texts[number] = new Text(line);
        }
    }

    public AvailableData Available { get; } = new(PoolSize, PoolSize, PoolSize);

    public Batch Draw(Modality modality, int count, DrawKey key)
    {
        var chance = new Philox(key);
        var ids = new SampleId[count];
        for (var i = 0; i < count; i++) ids[i] = new SampleId(chance.NextInt(PoolSize));
        return new Batch(
            modality, ids, modality == Modality.Text ? [] : [.. ids.Select(id => _frames[id.Sequence])],
            modality == Modality.Frame ? [] : [.. ids.Select(id => _texts[id.Sequence])]);
    }
}

/// <summary>One token a byte, so that a line's length in tokens is known.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    public int VocabularySize => SpecialTokens.Count + 256;

    public int Encode(ReadOnlySpan<byte> utf8, Span<int> tokens)
    {
        int count = Math.Min(utf8.Length, tokens.Length);
        for (var i = 0; i < count; i++) tokens[i] = SpecialTokens.Count + utf8[i];
        return count;
    }

    public byte[] ToJson() => "{}"u8.ToArray();
}
