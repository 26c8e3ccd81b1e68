using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>CUDA devices and the switches of their libraries.</summary>
public static partial class torch
{
    public static class cuda
    {
        public static bool is_available() => Native.sat_cuda_available() != 0;
        public static bool is_cudnn_available() => Native.sat_cuda_cudnn_available() != 0;
        public static int device_count() => Native.sat_cuda_device_count();
        public static void manual_seed(long seed) => Failure.Check(Native.sat_cuda_manual_seed(seed, 0));
        public static void manual_seed_all(long seed) => Failure.Check(Native.sat_cuda_manual_seed(seed, 1));
        public static void synchronize(Device? device = null) => Failure.Check(Native.sat_cuda_synchronize(device?.index ?? -1));
    }

    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                public static bool allow_tf32
                {
                    get => Native.sat_allow_tf32(0, 0, 0) > 0;
                    set => _ = Native.sat_allow_tf32(0, 1, value ? 1 : 0);
                }
            }
        }

        public static class cudnn
        {
            public static bool allow_tf32
            {
                get => Native.sat_allow_tf32(1, 0, 0) > 0;
                set => _ = Native.sat_allow_tf32(1, 1, value ? 1 : 0);
            }
        }
    }
}
