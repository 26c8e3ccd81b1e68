using static TorchSharp.torch;

namespace SslAgent.Learning.Batches;

/// <summary>A token batch on the device. Tensors live in the scope they were made in.</summary>
internal sealed class TokenTensors
{
    // B batch, T width, H heads.

    /// <summary>Added to the score of a padding key: far below any real score, still finite in bf16 and fp32.</summary>
    private const float Never = -1e9f;

    public TokenTensors(TokenBatch texts, Device device) : this(texts, texts.Ids, device)
    {
    }

    /// <param name="ids">Tokens that take the place of the batch's own, for example masked ones [B·T].</param>
    public TokenTensors(TokenBatch texts, int[] ids, Device device)
    {
        Batch = texts.Rows;
        Length = texts.Width;
        Ids = tensor(ids, device: device);
        if (texts.Lengths.All(length => length == texts.Width)) return;
        var present = new float[texts.Rows * texts.Width];
        for (var row = 0; row < texts.Rows; row++) present.AsSpan(row * texts.Width, texts.Lengths[row]).Fill(1);
        Present = tensor(present, device: device).view(Batch, Length);
    }

    public long Batch { get; }

    public long Length { get; }

    /// <summary>int32 [B·T].</summary>
    public Tensor Ids { get; }

    /// <summary>1 at tokens, 0 at padding, fp32 [B, T]; null where there is no padding.</summary>
    public Tensor? Present { get; }

    /// <summary>0 where a key may be seen, very negative at padding [B·H, 1, N + T]; null where there is no padding.</summary>
    /// <param name="before">Keys N of something else that stand before each text's and may all be seen.</param>
    public Tensor? HiddenKeys(int heads, ScalarType dtype, long before = 0)
    {
        if (Present is null) return null;
        Tensor hidden = ((1 - Present) * Never).to_type(dtype); // [B, T]
        if (before > 0) hidden = cat([zeros(Batch, before, dtype: dtype, device: hidden.device), hidden], 1); // [B, N + T]
        long keys = before + Length;
        return hidden.view(Batch, 1, 1, keys).expand(Batch, heads, 1, keys).reshape(Batch * heads, 1, keys);
    }

    /// <summary>
    /// 0 where a key is the token itself or an earlier one, very negative where it comes later [1, T, T]. Padding comes after all tokens of its text, so that no token sees any.
    /// </summary>
    public Tensor HiddenLater(ScalarType dtype) => (ones(Length, Length, device: Ids.device).triu(1) * Never).to_type(dtype).unsqueeze(0);
}
